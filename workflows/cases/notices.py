"""公示: made masked, posted by the village, taken down by its timer; and objections to it (A1 19)."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session, col, select

from workflows.cases import access, chains, clocks, progress, world
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Case, Notice, Objection
from workflows.errors import Conflict, NotFound
from workflows.office import permissions, rates, working_days
from workflows.office.people import Officer
from workflows.records import audit
from workflows.records.types import stored

MESSAGE = "objection"
ACTION = "notice.object"
PUBLIC = audit.Actor(None, "公众")


def current(session: Session, now: datetime, division: str = "") -> list[Notice]:
    """Notices the public may read now, on that ground."""
    shown = select(Notice).where(col(Notice.posted_on).is_not(None), col(Notice.taken_down_at).is_(None),
                                 col(Notice.ends_at) > now, col(Notice.division_code).startswith(division))
    return list(session.exec(shown.order_by(col(Notice.ends_at), col(Notice.id))))


def public(session: Session, notice_id: int, now: datetime) -> Notice:
    """One notice, while the public may read it; `NotFound` before and after, and where it was taken back."""
    notice = session.get(Notice, notice_id)
    if notice is not None and notice.posted_on and notice.withdrawn:
        raise NotFound("This notice was withdrawn: what it announced is being decided anew, or not at all.")
    if notice is None or notice.ends_at is None or notice.taken_down_at or notice.ends_at <= now:
        raise NotFound("This notice is not on display.")
    return notice


def in_force(session: Session, case: Case, now: datetime) -> Notice | None:
    """The case's notice, as long as it is on display."""
    notice = world.latest_notice(session, case)
    hangs = notice and notice.posted_on and not notice.taken_down_at and notice.ends_at and notice.ends_at > now
    return notice if hangs else None


def object_to(session: Session, notice_id: int, text: str, name: str, phone: str, now: datetime) -> Objection:
    """Record what somebody of the public objects; whoever is signed in, the log says 公众 and nothing more."""
    return _object(session, public(session, notice_id, now), (text, name, phone), now, None)


def register_objection(session: Session, notice_id: int, text: str, name: str, phone: str, who: Officer,
                       now: datetime) -> Objection:
    """Record an objection brought to the counter; by duty only, and kept from the village like any other."""
    notice = public(session, notice_id, now)
    permissions.demand(permissions.why_not(who, "register_objection", notice.division_code))
    access.demand_sight(session, session.get(Case, notice.case_id), who)
    return _object(session, notice, (text, name, phone), now, who)


def _object(session: Session, notice: Notice, said: tuple[str, str, str], now: datetime,
            who: Officer | None) -> Objection:
    """Within the notice's days; a real name is not required; the case is told."""
    text, name, phone = said
    if not text.strip():
        raise Conflict("Please say what you object to.")
    case = progress.locked(session, notice.case_id)
    objection = Objection(case_id=notice.case_id, notice_id=stored(notice.id), received_at=now, text=text.strip()[:2000],
                          objector_name=name.strip()[:50], objector_phone=phone.strip()[:30])
    session.add(objection)
    session.flush()
    audit.append(session, chains.of(case.id), who.actor() if who else PUBLIC, ACTION, now, summary="公示期内收到异议",
                 after={"objection": objection.id, "notice": notice.id})
    progress.tell(session, case, MESSAGE, progress.Cause(now))
    return objection


def answer_all(session: Session, case: Case, answer: str, now: datetime) -> None:
    """The re-survey answers every objection that waits."""
    for objection in world.open_objections(session, case):
        objection.answered_at, objection.answer = now, answer
        session.add(objection)
    session.flush()


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
    """The village has confirmed the posting: the days run from the day of posting."""
    notice = to_post(step)
    posted = _posted_on(step)
    last = last_day(step.session, step.case, posted)
    notice.posted_on, notice.ends_on, notice.ends_at = posted, last, working_days.end_of(last)
    step.session.add(notice)
    step.session.flush()
    return {}


@effect("take_down_notice")
def _take_down(step: Step) -> Mapping[str, object]:
    """The notice comes down by itself; a copy stays in the case."""
    notice = to_post(step)
    notice.taken_down_at = step.now
    step.session.add(notice)
    step.session.flush()
    return {}


@effect("record_objection")
def _record(_step: Step) -> Mapping[str, object]:
    """Objections are rows of their own; the drawing only needs to go on."""
    return {}


@effect("answer_objections")
def _answer(step: Step) -> Mapping[str, object]:
    """Close the objections that this re-survey or appraisal dealt with."""
    answer_all(step.session, step.case, str(step.answers.get("objection_answer") or step.answers.get("findings") or ""),
               step.now)
    return {}


def last_day(session: Session, case: Case, posted: date) -> date:
    """A notice's last day by the rules of the acceptance day; never a holiday (glossary 3.2, 6a)."""
    again = session.exec(select(Notice.id).where(Notice.case_id == case.id, Notice.withdrawn == "",
                                                 col(Notice.posted_on).is_not(None))).first()
    code, day = f"{case.process}.{'renotice_days' if again else 'notice_days'}", clocks.rules_day(case, posted)
    days = rates.value(session, code, day, case.division_code)
    unit = rates.value(session, f"{case.process}.notice_unit", day, case.division_code)
    if not isinstance(days, int):
        raise Conflict("The rule {code} is not a number of days.", code=code)
    return working_days.calendar(session).due(posted, days, "WD" if unit == "WD" else "CD").day


def _posted_on(step: Step) -> date:
    confirmed = step.facts.get("confirm_posting")
    posted = confirmed.get("posted_on") if isinstance(confirmed, Mapping) else None
    return date.fromisoformat(str(posted)[:10]) if posted else step.now.date()


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
