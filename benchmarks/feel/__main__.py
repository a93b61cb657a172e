"""Every expression of the shipped processes and forms, by our evaluator and by `feelin`, on the same case."""

import json
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from bpmn import feel
from tests.makers import standing
from workflows.cases import facts, world
from workflows.cases.tables import Case
from workflows.settings import ROOT

HERE = Path(__file__).parent / "node"
Asked = tuple[str, str | None]      # an expression, or a cell with the input it tests


def main() -> None:
    """Compare, and list where they differ."""
    known, asked = sample(), sorted(set(shipped()), key=str)
    theirs = by_feelin(facts.encode(known), asked)
    differing = 0
    for one, their in zip(asked, theirs, strict=True):
        our = ours(one, known)
        if our != their:
            differing += 1
            print(f"{one[0]!r}" + (f" on {one[1]!r}" if one[1] else "") + f"\n    ours {our}\n    feelin {their}")
    print(f"{len(asked)} expressions, {differing} differ")


def sample() -> dict[str, Any]:
    """What a case on its way to the county's decision knows."""
    house, case = standing("county_decision")
    with house.work() as session:
        return dict(world.of(session, session.get_one(Case, case.id), house.now))


def shipped() -> Iterator[Asked]:
    """All of them: conditions, guards, forms, tables."""
    for path in sorted((ROOT / "bpmn").glob("*/*")):
        if path.suffix in {".bpmn", ".dmn"}:
            tree = etree.parse(path)
            yield from _of_table(tree)
            for text in tree.xpath("//*[local-name()='conditionExpression']/text()"
                                   " | //*[local-name()='literalExpression']/*[local-name()='text']/text()"):
                yield text.strip().removeprefix("="), None
        elif path.name == "process.toml":
            for guard in tomllib.loads(path.read_text(encoding="utf-8")).get("guard", []):
                yield guard["refuse_when"], None
    for path in sorted((ROOT / "forms").glob("*/*.form")):
        yield from ((text[1:].strip(), None) for text in _texts(json.loads(path.read_text(encoding="utf-8"))) if text[:1] == "=")


def ours(asked: Asked, known: dict[str, Any]) -> dict[str, Any]:
    """Our answer as JSON."""
    source, tested = asked
    try:
        found = feel.evaluate(source, known) if tested is None else feel.test(source, feel.evaluate(tested, known), known)
        return {"value": _plain(found)}
    except feel.FeelError as error:
        return {"error": str(error)}


def by_feelin(known: Any, asked: list[Asked]) -> list[dict[str, Any]]:
    """Theirs, by Node in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        for path in HERE.iterdir():
            shutil.copy(path, folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder,
                       check=True, capture_output=True, timeout=300)
        words = json.dumps({"facts": known, "asked": asked})
        told = subprocess.run(["node", "run.mjs"], cwd=folder, check=True, capture_output=True, text=True, input=words, timeout=120)
        found: list[dict[str, Any]] = json.loads(told.stdout)
        return found


def _of_table(tree: Any) -> Iterator[Asked]:
    for table in tree.xpath("//*[local-name()='decisionTable']"):
        inputs = [text.strip() for text in table.xpath("./*[local-name()='input']/*/*[local-name()='text']/text()")]
        yield from ((text, None) for text in inputs)
        for rule in table.xpath("./*[local-name()='rule']"):
            cells = rule.xpath("./*[local-name()='inputEntry']")
            yield from ((str(cell.findtext("{*}text")).strip(), tested) for cell, tested in zip(cells, inputs, strict=True)
                        if (cell.findtext("{*}text") or "-").strip() != "-")
            yield from ((text.strip(), None) for text in rule.xpath("./*[local-name()='outputEntry']/*[local-name()='text']/text()"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _plain(value: Any) -> Any:
    """As `run.mjs` tells it: temporals as their text, numbers as JSON's."""
    found = facts.encode(feel.to_python(value))

    def read(one: Any) -> Any:
        if isinstance(one, list):
            return [read(inner) for inner in one]
        if not isinstance(one, dict):
            return one
        if len(one) == 1 and next(iter(one)) in {"$date", "$moment", "$time"}:
            return next(iter(one.values()))
        return float(one["$number"]) if set(one) == {"$number"} else {key: read(inner) for key, inner in one.items()}

    return read(found)


if __name__ == "__main__":
    main()
