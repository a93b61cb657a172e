"""One month's roster: made, corrected, held; every change is a new version that nobody has signed."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bpmn.message import Message
from workflows.cases.tables import Member
from workflows.errors import Conflict, NotFound
from workflows.office.people import Officer
from workflows.payments import cycles, duties, rules, schemes
from workflows.payments.roster import (
    bridges,
    checks as roster_checks,
    lines as roster_lines,
    reviews,
    sources as roster_sources,
)
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.refusals import RosterLocked, WrongState
from workflows.payments.tables import (
    Attempt,
    Cycle,
    CycleState,
    Entitlement,
    Line,
    LinePart,
    LineState,
    PayeeException,
    Roster,
    Signature,
)
from workflows.records.types import stored

OPEN = (CycleState.DRAFT, CycleState.REVIEW)
HASHED = ("household_id", "scheme", "month", "kind", "township_code", "village_code", "decision_no", "payee_name",
          "payee_id_number", "account_number", "bank_code", "people", "base_fen", "supplement_fen", "arrears_fen",
          "recovery_fen", "total_fen", "months_covered", "fund_source", "payable")


def make(session: Session, cycle: Cycle, who: Officer | None, now: datetime) -> Roster:
    """Make the month's roster, or make it anew: what a person held stays held, other hand-made changes go."""
    cycle = cycles.hold(session, stored(cycle.id))
    role = duties.need(who, cycle.division_code, "edit_roster")
    _need_open(session, cycle)
    if earlier_open(session, cycle):
        raise Conflict("The roster of the month before is still in review.")
    kept = _held_by_hand(session, cycle)
    _clear(session, cycle)
    set_here = rules.of(session, cycle.cut_off_on, cycle.division_code)
    known = roster_sources.gather(session, cycle, set_here.max_failed_cycles)
    drafts = list(roster_lines.drafts(known))
    for draft in drafts:
        _keep_held(draft, kept)
    _store(session, drafts)
    roster = _version(session, cycle, [draft.line for draft in drafts], who, now)
    cycles.note(session, cycle, "roster.make", f"生成发放名册第{roster.version}版,{roster.households}户",
                now, who, role, after=_figures(roster))
    return roster


def earlier_open(session: Session, cycle: Cycle) -> Cycle | None:
    """The month before, while its lines may still change: this month's bridge begins with them (V6)."""
    last = cycles.before(session, cycle)
    return last if last and last.state in OPEN else None


def current(session: Session, cycle: Cycle) -> Roster | None:
    """The version in force, or None."""
    return session.exec(select(Roster).where(Roster.cycle_id == cycle.id, col(Roster.voided_at).is_(None))
                        .order_by(col(Roster.version).desc())).first()


def must(session: Session, cycle: Cycle) -> Roster:
    """The version in force."""
    roster = current(session, cycle)
    if roster is None:
        raise NotFound("There is no roster for this month yet.")
    return roster


def lines(session: Session, cycle: Cycle) -> list[Line]:
    """The month's lines in the roster's order."""
    return list(session.exec(select(Line).where(Line.cycle_id == cycle.id).order_by(
        col(Line.village_code), col(Line.household_id), col(Line.kind))))


def townships(session: Session, cycle: Cycle) -> list[str]:
    """The townships that have lines."""
    return list(session.exec(select(Line.township_code).where(Line.cycle_id == cycle.id).distinct()
                             .order_by(Line.township_code)))


def open_errors(session: Session, cycle: Cycle) -> list[Line]:
    """The error list: wrong data that is neither mended nor held by a person (PY-17)."""
    return list(session.exec(select(Line).where(
        Line.cycle_id == cycle.id, Line.state == LineState.HELD, Line.hold_reason == "wrong_data",
        col(Line.held_by).is_(None))))


def hold(session: Session, some: Sequence[Line], reason: str, who: Officer, now: datetime) -> Roster:
    """Keep lines out of this month, for a reason."""
    cycle = _cycle_of(session, some)
    role = duties.need(who, _ground(some), "hold_lines")
    _need_open(session, cycle)
    for line in some:
        line.state, line.payable, line.hold_reason, line.held_by = LineState.HELD, False, reason, who.id
        session.add(line)
        _set_live(session, line, live=False)
    return _changed(session, cycle, who, now, "roster.hold", f"暂缓{len(some)}户:{reason}", role, some,
                    maker=must(session, cycle).made_by)


def release(session: Session, line: Line, who: Officer, now: datetime) -> Roster:
    """Let a held line be paid; refused while what it was held for still holds."""
    cycle = _cycle_of(session, [line])
    role = duties.need(who, cycle.division_code, "edit_roster")
    _need_open(session, cycle)
    if line.state != LineState.HELD:
        raise WrongState
    problem = still_wrong(session, line, cycle)
    if problem:
        raise Conflict("This line can't be released: {problem}", problem=problem)
    line.state, line.payable, line.hold_reason, line.held_by = LineState.PENDING, True, "", None
    session.add(line)
    _set_live(session, line, live=True)
    return _changed(session, cycle, who, now, "roster.release", "解除暂缓", role, [line], maker=who.id)


@dataclass(frozen=True)
class Edit:
    """What a clerk changes in a line; None leaves it."""

    base_fen: int | None = None
    supplement_fen: int | None = None
    payee: Payee | None = None


def change_line(session: Session, line: Line, edit: Edit, reason: str, who: Officer, now: datetime) -> Roster:
    """Change a line by hand: a new version, unsigned (PY-11)."""
    cycle = _cycle_of(session, [line])
    role = duties.need(who, cycle.division_code, "edit_roster")
    _need_open(session, cycle)
    before = {"base_fen": line.base_fen, "supplement_fen": line.supplement_fen}
    _need_ground(session, line, edit)
    _apply(session, line, edit, reason)
    line.errors = _errors(session, line, cycle)
    if line.errors:
        line.state, line.payable, line.hold_reason, line.held_by = LineState.HELD, False, "wrong_data", None
        _set_live(session, line, live=False)
    session.add(line)
    return _changed(session, cycle, who, now, "roster.change_line", f"更改名册行:{reason}", role, [line],
                    maker=who.id, before=before)


def _need_ground(session: Session, line: Line, edit: Edit) -> None:
    """A hand may take away from what was decided, never add; and mend an account only where its data are wrong."""
    given = session.get_one(Entitlement, line.entitlement_id)
    if (edit.base_fen or 0) > given.base_fen or (edit.supplement_fen or 0) > given.supplement_fen:
        raise Conflict("More than was decided needs a new decision.")
    if edit.payee and edit.payee != _payee(line) and not line.errors:
        raise Conflict("An account is changed by a correction that a second person approves.")


def _payee(line: Line) -> Payee:
    return Payee(line.payee_name, line.payee_id_number, line.account_number, line.bank_code)


def still_wrong(session: Session, line: Line, cycle: Cycle) -> Message | None:
    """Why a held line must stay held; None lets it go."""
    line.errors = _errors(session, line, cycle)
    if line.errors:
        return roster_checks.WRONG[line.errors[0]]
    given = session.get_one(Entitlement, line.entitlement_id)
    reason = roster_checks.death(line, _members(session, line), given.decided_on)
    if not reason and line.household_id in roster_sources.sharing(session, line.month, schemes.barring(session, line.scheme)):
        reason = "duplicate_id"
    return roster_checks.HELD[reason] if reason else None


def digest(some: Sequence[Line]) -> tuple[str, bytes]:
    """SHA-256 over what a signature stands for, and the text that was hashed."""
    rows = [[getattr(line, name) for name in HASHED] for line in some]
    rows.sort(key=lambda row: (row[5], row[0], row[3]))
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(text).hexdigest(), text


def void_signatures(session: Session, cycle: Cycle, now: datetime) -> None:
    """No signature of this cycle holds any more."""
    versions = select(col(Roster.id)).where(Roster.cycle_id == cycle.id)
    session.execute(update(Signature).where(col(Signature.roster_id).in_(versions), col(Signature.voided_at).is_(None))
                    .values(voided_at=now))


def fact(session: Session, cycle: Cycle) -> dict[str, object]:
    """The roster as a case's fact: figures only, no person in it."""
    roster = must(session, cycle)
    return {"cycle": cycle.id, "month": cycle.month, "scheme": cycle.scheme, "townships": townships(session, cycle),
            **_figures(roster)}


def _need_open(session: Session, cycle: Cycle) -> None:
    sent = session.exec(select(Attempt.id).join(Line, col(Line.id) == col(Attempt.line_id))
                        .where(Line.cycle_id == cycle.id).limit(1)).first()
    if cycle.state not in OPEN or sent is not None:
        raise RosterLocked


def _held_by_hand(session: Session, cycle: Cycle) -> Mapping[int, Line]:
    return {line.household_id: line for line in session.exec(select(Line).where(
        Line.cycle_id == cycle.id, Line.state == LineState.HELD, col(Line.held_by).is_not(None)))}


def _keep_held(draft: roster_lines.Draft, kept: Mapping[int, Line]) -> None:
    before = kept.get(draft.line.household_id)
    if before is None:
        return
    line = draft.line
    line.state, line.payable = LineState.HELD, False
    line.hold_reason, line.held_by = before.hold_reason, before.held_by
    for part in draft.parts:
        part.live = False


def _clear(session: Session, cycle: Cycle) -> None:
    old = select(col(Line.id)).where(Line.cycle_id == cycle.id)
    session.execute(delete(LinePart).where(col(LinePart.line_id).in_(old)))
    session.execute(delete(Line).where(col(Line.cycle_id) == cycle.id))
    session.flush()
    session.expire_all()


def _store(session: Session, drafts: Sequence[roster_lines.Draft]) -> None:
    session.add_all([draft.line for draft in drafts])
    session.flush()
    for draft in drafts:
        for part in draft.parts:
            part.line_id = stored(draft.line.id)
    session.add_all([part for draft in drafts for part in draft.parts])
    session.flush()


def _version(session: Session, cycle: Cycle, some: Sequence[Line], maker: Officer | None, now: datetime,
             made_by: int | None = None) -> Roster:
    """The next version; the one before and its signatures are void."""
    session.flush()
    last = session.exec(select(func.max(Roster.version)).where(Roster.cycle_id == cycle.id)).one()
    void_signatures(session, cycle, now)
    session.execute(update(Roster).where(col(Roster.cycle_id) == cycle.id, col(Roster.voided_at).is_(None))
                    .values(voided_at=now))
    hashed, text = digest(some)
    roster = Roster(
        cycle_id=stored(cycle.id), version=(last or 0) + 1, hash=hashed, content=zlib.compress(text),
        households=len({line.household_id for line in some}),
        total_fen=sum(line.total_fen for line in some if line.payable),
        bridge=bridges.build(roster_sources.last_lines(session, cycle), some), made_at=now,
        made_by=maker.id if maker else made_by)
    session.add(roster)
    session.flush()
    return roster


def _changed(session: Session, cycle: Cycle, who: Officer, now: datetime, action: str, summary: str, role: str,
             some: Sequence[Line], *, maker: int | None, before: Mapping[str, object] | None = None) -> Roster:
    """After a change: a new version, unless what is signed stayed the same."""
    session.flush()
    roster, everything = must(session, cycle), lines(session, cycle)
    changed = digest(everything)[0] != roster.hash
    if changed:
        roster = _version(session, cycle, everything, None, now, maker)
    cycles.note(session, cycle, action, summary, now, who, role, before=before,
                after={"lines": [line.id for line in some], **_figures(roster)})
    if changed:
        reviews.start_again(session, cycle, who, now)
    return roster


def _apply(session: Session, line: Line, edit: Edit, reason: str) -> None:
    old = line.base_fen + line.supplement_fen
    line.base_fen = line.base_fen if edit.base_fen is None else edit.base_fen
    line.supplement_fen = line.supplement_fen if edit.supplement_fen is None else edit.supplement_fen
    if edit.payee:
        for name, value in asdict(edit.payee).items():
            setattr(line, name if name.startswith(("account", "bank")) else f"payee_{name}", value)
    difference = line.base_fen + line.supplement_fen - old
    line.total_fen += difference
    if difference:
        line.difference_reason = reason
        part = session.exec(select(LinePart).where(LinePart.line_id == line.id, LinePart.month == line.month,
                                                   LinePart.kind == "month")).first()
        if part is None:
            raise WrongState
        part.fen += difference
        session.add(part)


def _set_live(session: Session, line: Line, *, live: bool) -> None:
    """Whether the line's months count as paid; another line that pays one of them refuses it."""
    session.flush()
    try:
        session.execute(update(LinePart).where(col(LinePart.line_id) == line.id).values(live=live))
    except IntegrityError as taken:
        raise Conflict("Another line pays one of these months already.") from taken


def _errors(session: Session, line: Line, cycle: Cycle) -> list[str]:
    filed = session.exec(select(PayeeException).where(PayeeException.household_id == line.household_id)).all()
    return roster_checks.wrong_data(line, _members(session, line), filed, cycle.cut_off_on)


def _members(session: Session, line: Line) -> Sequence[Member]:
    return session.exec(select(Member).where(Member.household_id == line.household_id)).all()


def _cycle_of(session: Session, some: Sequence[Line]) -> Cycle:
    """The lines' cycle, held; the lines read anew."""
    if not some or len({line.cycle_id for line in some}) != 1:
        raise NotFound
    reviews.hold(session, some[0].cycle_id)
    cycle = cycles.hold(session, some[0].cycle_id)
    for line in some:
        session.refresh(line)
    return cycle


def _ground(some: Sequence[Line]) -> str:
    """The township when all lines lie in one, else its county."""
    codes = {line.township_code for line in some}
    return codes.pop() if len(codes) == 1 else some[0].township_code[:6]


def _figures(roster: Roster) -> dict[str, object]:
    return {"version": roster.version, "hash": roster.hash, "households": roster.households,
            "total_fen": roster.total_fen}
