"""`python -m workflows.releases check [--json] [PROCESS ...]` or `publish [PROCESS ...]`; nothing named: all."""

import json
import sys

import bpmn.loader
from bpmn.message import Message
from workflows import messages, releases
from workflows.office import clock
from workflows.records.session import writing

USAGE = "usage: python -m workflows.releases check [--json] [--en] [PROCESS ...] | publish [--en] [PROCESS ...]\n"
FLAGS = {"--json", "--en"}


def main(arguments: list[str]) -> int:
    """Check or publish; exit status 1 where there are errors, 2 where the words are not understood."""
    flags = {each for each in arguments if each.startswith("--")}
    words = [each for each in arguments if each not in flags]
    if not words or words[0] not in ("check", "publish") or flags - FLAGS:
        sys.stderr.write(USAGE)
        return 2
    language = messages.ENGLISH if "--en" in flags else messages.CHINESE
    if words[0] == "publish":
        return publish(words[1:], language)
    reports = [releases.check(name) for name in words[1:] or bpmn.loader.names()]
    said = json.dumps([report.as_json() for report in reports], ensure_ascii=False, indent=2) if "--json" in flags \
        else "\n".join(report.text(language) for report in reports)
    sys.stdout.write(f"{said}\n")
    return int(not all(report.good for report in reports))


def publish(names: list[str], language: str) -> int:
    """All named processes in one transaction, or none."""
    try:
        with writing() as session:
            now = clock.now(session)
            made = [releases.publish(session, name, now) for name in names] if names \
                else releases.publish_all(session, now)
            lines = [messages.say(Message("{process}: version {version}", {
                "process": release.process, "version": release.version}), language) for release in made]
    except releases.NotPublished as refused:
        sys.stderr.write(f"{refused.report.text(language)}\n")
        return 1
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
