"""The end of a 公示: it comes down by itself, and the paper that proves from when to when it stood is issued.

A drawing takes its notice down when its timer fires. Where the flow has gone another way meanwhile (to a re-check, or to
its end) the notice still stands its days; then it is found here, behind the timers of that moment.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlmodel import Session, and_, col, exists, func, select

from bpmn.message import Message
from forms.answers import FieldError
from workflows import releases
from workflows.cases import chains, progress, timers, world
from workflows.cases.notice import notices
from workflows.cases.papers import issuing
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Case, Notice, Objection, Timer
from workflows.cases.timers import Due
from workflows.errors import Invalid
from workflows.office import working_days
from workflows.office.day_names import day_names
from workflows.office.working_days import ONE_DAY
from workflows.papers import chinese_date
from workflows.records import audit

PROOF = "notice_proof"
ACTION = "notice.take_down"
HANGS = and_(col(Notice.ends_at).is_not(None), col(Notice.taken_down_at).is_(None), Notice.withdrawn == "")
UNITS = {"CD": "日", "WD": "个工作日"}


def next_due(session: Session, now: datetime, after: Due | None = None) -> Due | None:
    """The earliest notice that should be down by now and that no timer of its case takes down."""
    return timers.first_due(session, _waiting(), now, after)


@cache
def _waiting() -> timers.InRow:
    drawn = exists().where(col(Timer.case_id) == col(Notice.case_id), col(Timer.due_at) == col(Notice.ends_at))
    return timers.in_row(Notice, col(Notice.ends_at), HANGS, ~drawn)


def due(session: Session, now: datetime) -> int:
    """How many notices should be down by now."""
    return session.exec(select(func.count()).select_from(Notice).where(HANGS, col(Notice.ends_at) <= now)).one()


def fire(session: Session, notice_id: int, now: datetime) -> bool:
    """Take one down, if it still hangs and nobody else holds its case just now."""
    notice = session.get(Notice, notice_id)
    if notice is None or not progress.free(session, notice.case_id):
        return False
    case = progress.locked(session, notice.case_id)
    session.refresh(notice)
    if notice.taken_down_at or notice.withdrawn or not notice.ends_at or notice.ends_at > now:
        return False
    drawing = releases.load(session, case.release_id).drawing
    begun = next(node for node in drawing.nodes.values() if node.kind == "startEvent")
    _down(Step(session, case, begun, world.of(session, case, now), {}, now), notice)
    audit.append(session, chains.of(case.id), audit.SYSTEM, ACTION, now, summary="公示期满，自动撤下", after={"notice": notice.id})
    return True


@effect("take_down_notice")
def _take_down(step: Step) -> Mapping[str, object]:
    """The notice comes down by itself; a copy stays in the case."""
    notice = notices.to_post(step)
    if notice.taken_down_at is None:
        _down(step, notice)
    return {}


@effect("note_removal")
def _note_removal(step: Step) -> Mapping[str, object]:
    """The paper is off the wall too, by a photo or a statement; the proof is made anew and says so."""
    photos, statement = notices.hashes(step.session, step.answers.get("photos")), str(step.answers.get("statement") or "").strip()
    if not photos and not statement:
        raise Invalid([FieldError("photos", Message("Give a photo of the empty place, or a statement that the notice was taken off."))])
    notice = notices.to_post(step)
    removed_on = str(step.answers.get("removed_on") or "")[:10]
    if notice.ends_on and removed_on <= notice.ends_on.isoformat():
        raise Invalid([FieldError("removed_on", Message("The notice had to hang until {day}; it can't have been taken off before.",
                                                        {"day": notice.ends_on.isoformat()}))])
    notice.removal = {"removed_on": removed_on, "statement": statement, "photos": photos}
    step.session.add(notice)
    step.session.flush()
    _prove(step, notice)
    return {}


def _down(step: Step, notice: Notice) -> None:
    notice.taken_down_at, notice.error = step.now, ""
    step.session.add(notice)
    step.session.flush()
    _prove(step, notice)


def _prove(step: Step, notice: Notice) -> None:
    """The paper, where the process has one; a notice that was already hanging when this part was written says what it knows."""
    if notice.posted_at and PROOF in releases.load(step.session, step.case.release_id).papers:
        issuing.issue(step, PROOF, given={"stood": stood(step.session, step.case, notice)})


# ---- what is proved ----------------------------------------------------------------------------------------------

def stood(session: Session, case: Case, notice: Notice) -> dict[str, Any]:
    """Everything there is to say of the time a notice stood."""
    ends_at = notice.ends_at or notice.taken_down_at
    return {"title": notice.shown["said"]["title"], "sha256": notices.fingerprint(notice), "place": notice.place,
            "posted_by": notice.posted_by, "photos": [*notice.photos, *notice.removal.get("photos", ())], "posted_on": notice.posted_on,
            "ends_on": notice.ends_on, "online_from": notice.posted_at, "online_to": min(filter(None, (notice.taken_down_at, ends_at))),
            "days": notice.days, "counted": counted(session, notice), "withdrawn": list(_withdrawn(session, case)),
            "objections": _raised(session, notice, late=False), "late_objections": _raised(session, notice, late=True),
            "removed": _removed(notice)}


def counted(session: Session, notice: Notice) -> str:
    """How its last day is found, with the days off on the way and the one it was moved past, so that anybody can count again."""
    if not notice.posted_on or not notice.ends_on or notice.days is None:
        return ""
    calendar, names = working_days.calendar(session), day_names(session)
    nominal = calendar.due(notice.posted_on, notice.days, notice.unit, rolls=False).day
    said = f"自张贴次日（{chinese_date(notice.posted_on + ONE_DAY)}）起算，公示{notice.days}{UNITS[notice.unit]}，第{notice.days}{UNITS[notice.unit]}为{chinese_date(nominal)}"
    between = [notice.posted_on + ONE_DAY * n for n in range(1, (notice.ends_on - notice.posted_on).days + 1)]
    off = [f"{day.month}月{day.day}日（{names.off(day).name.zh}）" for day in between if not calendar.is_working(day)]
    if nominal != notice.ends_on:
        said += f"，该日为{names.off(nominal).name.zh}，顺延至其后第一个工作日{chinese_date(notice.ends_on)}"
    return said + (f"。期间的休息日：{'、'.join(off)}" if off else "")


def _raised(session: Session, notice: Notice, *, late: bool) -> int:
    return session.exec(select(func.count()).where(Objection.notice_id == notice.id, col(Objection.late).is_(late))).one()


def _withdrawn(session: Session, case: Case) -> Iterator[str]:
    """Earlier notices of the case that count no longer."""
    rows = select(Notice).where(Notice.case_id == case.id, Notice.withdrawn != "", col(Notice.posted_on).is_not(None))
    for one in session.exec(rows.order_by(col(Notice.id))):
        if one.posted_on and one.taken_down_at:
            yield f"{chinese_date(one.posted_on)}张贴的公示于{chinese_date(one.taken_down_at.date())}撤回，不计入：{one.withdrawn}"


def _removed(notice: Notice) -> str:
    if not notice.removal:
        return ""
    day = datetime.fromisoformat(notice.removal["removed_on"]).date()
    return f"张贴件已于{chinese_date(day)}取下" + (f"：{notice.removal['statement']}" if notice.removal["statement"] else "")
