"""公示: made masked, posted with a photo, open to everybody for its days (A1 19). Objections: objections.py; its end: taking_down.py."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from bpmn.message import Message
from forms.answers import FieldError
from workflows.cases import attachments, chains, clocks, world
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Case, Notice
from workflows.errors import Conflict, Gone, Invalid, NotFound
from workflows.office import rates, working_days
from workflows.records import audit, days
from workflows.records.types import stored

NO_PHOTOS = "There must be {n} photos of the posted notice at least: they prove that it hung."


def current(session: Session, now: datetime, division: str = "", process: str = "") -> list[Notice]:
    """Notices the public may read now, on that ground and of that matter."""
    shown = select(Notice).where(col(Notice.posted_on).is_not(None), col(Notice.taken_down_at).is_(None),
                                 col(Notice.ends_at) > now, col(Notice.division_code).startswith(division))
    if process:
        shown = shown.where(col(Notice.case_id).in_(select(Case.id).where(Case.process == process)))
    return list(session.exec(shown.order_by(col(Notice.ends_at), col(Notice.id))))


def matters(session: Session, shown: Sequence[Notice]) -> dict[int, str]:
    """The process of each notice's case."""
    found = select(Case.id, Case.process).where(col(Case.id).in_({notice.case_id for notice in shown}))
    of = dict(session.exec(found).all())
    return {stored(notice.id): of[notice.case_id] for notice in shown}


def public(session: Session, notice_id: int, now: datetime) -> Notice:
    """One notice, while the public may read it; `NotFound` before, `Gone` after, and where it was taken back."""
    notice = posted(session, notice_id)
    if over(notice, now):
        raise Gone("The days of this notice are over. It has been taken down; only the authority keeps a copy, for its files.")
    return notice


def posted(session: Session, notice_id: int) -> Notice:
    """One notice that the public may read, or could."""
    notice = session.get(Notice, notice_id)
    if notice is not None and notice.posted_on and notice.withdrawn:
        raise Gone("This notice was withdrawn: what it announced is being decided anew, or not at all.")
    if notice is None or notice.ends_at is None:
        raise NotFound("This notice is not on display.")
    return notice


def over(notice: Notice, now: datetime) -> bool:
    """Whether a posted notice's days are over."""
    return notice.taken_down_at is not None or notice.ends_at is None or notice.ends_at <= now


def text(shown: Mapping[str, Any]) -> str:
    """The notice as plain text, a line each: whoever has it can count its SHA-256 again."""
    said, lines = shown["said"], [shown["said"]["title"]]
    for block in said["blocks"]:
        match block["kind"]:
            case "text":
                lines.append(block["text"])
            case "rows":
                lines += [f"{row[0]}：{row[1]}" for line in block["lines"] for row in line]
            case "table":
                lines += ["\t".join(map(str, row)) for row in (block["heads"], *block["rows"])]
            case _:
                lines += block["lines"]
    return "\n".join([*lines, said["data"]["issuer"], said["data"]["number"]]) + "\n"


def fingerprint(notice: Notice) -> str:
    """SHA-256 of its plain text in UTF-8."""
    return hashlib.sha256(text(notice.shown).encode()).hexdigest()


def in_force(session: Session, case: Case, now: datetime) -> Notice | None:
    """The case's notice, as long as it is on display."""
    notice = world.latest_notice(session, case)
    hangs = notice and notice.posted_on and not notice.taken_down_at and notice.ends_at and notice.ends_at > now
    return notice if hangs else None


@effect("withdraw_notice")
def _withdraw(step: Step) -> Mapping[str, object]:
    """What it announced is decided anew, or not at all: it comes down, and counts as none."""
    notice = world.latest_notice(step.session, step.case)
    if notice is not None and not notice.withdrawn:
        notice.withdrawn = str(step.answers["reason"])
        notice.taken_down_at = notice.taken_down_at or (step.now if notice.posted_on else None)
        step.session.add(notice)
        step.session.flush()
        if notice.posted_on:
            audit.append(step.session, chains.of(step.case.id), step.actor, "notice.withdraw", step.now, node=step.node.id,
                         summary=notice.withdrawn, after={"notice": notice.id})
    return {}


@effect("start_notice")
def _start(step: Step) -> Mapping[str, object]:
    """The posting is confirmed: the days run from the day of posting, and from now on it can be read online."""
    notice, confirmed = to_post(step), _confirmed(step)
    on = days.read(confirmed.get("posted_on")) or step.now.date()
    notice.days, notice.unit = length(step.session, step.case, on)
    last = last_day(step.session, step.case, on)
    notice.posted_on, notice.ends_on, notice.ends_at, notice.posted_at = on, last, working_days.end_of(last), step.now
    notice.place, notice.posted_by = str(confirmed.get("place") or ""), str(confirmed.get("posted_by") or "")
    notice.photos = hashes(step.session, confirmed.get("photos"))
    step.session.add(notice)
    step.session.flush()
    return {}


def last_day(session: Session, case: Case, posted: date) -> date:
    """A notice's last day by the rules of the acceptance day; never a holiday (glossary 3.2, 6a)."""
    days, unit = length(session, case, posted)
    return working_days.calendar(session).due(posted, days, unit, rolls=True).day


def length(session: Session, case: Case, posted: date) -> tuple[int, str]:
    """How many days a notice posted that day must stand, and of which kind: after one that counted, those of a second."""
    again = session.exec(select(Notice.id).where(Notice.case_id == case.id, Notice.withdrawn == "",
                                                 col(Notice.posted_on).is_not(None))).first()
    code, day = f"{case.process}.{'renotice_days' if again else 'notice_days'}", clocks.rules_day(case, posted)
    days = rates.value(session, code, day, case.division_code)
    unit = rates.value(session, f"{case.process}.notice_unit", day, case.division_code)
    if not isinstance(days, int):
        raise Conflict("The rule {code} is not a number of days.", code=code)
    return days, "WD" if unit == "WD" else "CD"


def demand_photos(step: Step) -> None:
    """As many photos as the matter's rule `notice_photos_min` asks for, when the posting is confirmed."""
    least = rule(step, "notice_photos_min")
    if isinstance(least, int) and len(hashes(step.session, step.answers.get("photos"))) < least:
        raise Invalid([FieldError("photos", Message(NO_PHOTOS, {"n": least}))])


def rule(step: Step, name: str) -> object:
    """A rule of the case's matter; None where it has none of that name."""
    rules = step.facts["rules"]
    return rules.get(name) if isinstance(rules, Mapping) else None


def hashes(session: Session, tokens: object) -> list[str]:
    """The SHA-256 of files that answers carry."""
    return [attachments.by_token(session, str(token)).sha256 for token in tokens] if isinstance(tokens, (list, tuple)) else []


@effect("accept_posting")
def _accept(step: Step) -> Mapping[str, object]:
    """The township has looked at the photo; a notice whose days are over meanwhile must be posted again."""
    day = days.read(_confirmed(step).get("posted_on")) or step.now.date()
    if step.answers.get("outcome") == "accept" and last_day(step.session, step.case, day) < step.now.date():
        raise Invalid([FieldError("outcome", Message("The days of this notice are over; it must be posted again and confirmed with that day."))])
    return {}


def _confirmed(step: Step) -> Mapping[str, Any]:
    confirmed = step.facts.get("confirm_posting")
    return confirmed if isinstance(confirmed, Mapping) else {}


def to_post(step: Step) -> Notice:
    """The notice made for this posting; after one was withdrawn a new one of the same words."""
    notice = world.latest_notice(step.session, step.case)
    if notice is None:
        raise NotFound("This case has no notice.")
    if not notice.withdrawn:
        return notice
    again = Notice(case_id=notice.case_id, division_code=notice.division_code, shown=notice.shown)
    step.session.add(again)
    step.session.flush()
    return again
