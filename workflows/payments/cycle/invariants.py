"""What must hold before a month is closed: V1 to V13 of the payment rules (disbursement 7)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bpmn.message import Message
from workflows.payments.cycle import published
from workflows.payments.entitled import entitlements
from workflows.payments.roster import checks as roster_checks, signatures
from workflows.payments.cycle.books import Books
from workflows.payments.money import yuan
from workflows.payments.tables import Line, LineState

SETTLED = (LineState.PAID, LineState.HELD, LineState.DEFERRED)


@dataclass(frozen=True)
class Check:
    """One invariant: whether it holds, its figures, and each place where it does not."""

    code: str
    title: Message
    holds: bool
    figures: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[Message, ...] = ()


Test = Callable[[Books], tuple[Mapping[str, object], Iterable[Message]]]
TESTS: list[tuple[str, Message, Test]] = []


def check(books: Books) -> list[Check]:
    """All of them, in order."""
    done = []
    for code, title, test in TESTS:
        figures, found = test(books)
        problems = tuple(found)
        done.append(Check(code, title, not problems, figures, problems))
    return done


def _invariant(code: str, title: str) -> Callable[[Test], Test]:
    def register(test: Test) -> Test:
        TESTS.append((code, Message(title), test))
        return test
    return register


def _home(text: str, line: Line) -> Message:
    return Message(text, {"household": line.household_id, "month": line.month})


@_invariant("V1", "Each payment has one decision, each decision was paid, held or deferred")
def decisions_and_lines(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V1."""
    month, found = books.cycle.month, []
    for line in books.paid_lines:
        active = [given for given in books.decisions.get(line.household_id, ()) if entitlements.covers(given, month)]
        if line.kind == "monthly" and len(active) != 1:
            found.append(_home("Household {household}: {month} is paid without exactly one decision.", line))
    settled = {line.household_id for line in books.lines
               if line.state in SETTLED and (line.state == LineState.PAID or line.hold_reason)}
    due = [home for home, rows in books.decisions.items() if any(entitlements.covers(row, month) for row in rows)]
    found += [Message("Household {household} is entitled, but neither paid, held nor deferred.", {"household": home})
              for home in due if home not in settled]
    return {"decisions": len(due), "paid": len(books.paid_lines)}, found


@_invariant("V2", "What was paid for a month is what was granted, or the difference is explained")
def paid_is_entitled(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V2."""
    explained = {line.household_id for line in books.lines if line.difference_reason}
    owed = {home: entitlements.owed(rows, books.cycle.month) for home, rows in books.decisions.items()}
    asked_back = {(r.household_id, month) for r in books.recoveries for month in r.months}
    found = [Message("Household {household}, {month}: {paid} yuan paid, {owed} yuan granted.",
                     {"household": home, "month": month, "paid": yuan(fen), "owed": yuan(owed.get(home, {}).get(month, 0))})
             for (home, month), fen in books.paid.items()
             if fen != owed.get(home, {}).get(month, 0) and home not in explained and (home, month) not in asked_back]
    found += [Message("Household {household}, {month}: paid after the stop, and not asked back.",
                      {"household": home, "month": month})
              for home, month in books.paid_after_stop if (home, month) not in asked_back]
    return {"months": len(books.paid)}, found


@_invariant("V3", "Nothing was paid twice")
def nothing_twice(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V3."""
    return {}, [Message("Household {household}: {month} was paid twice.", {"household": home, "month": month})
                for home, month in books.paid_twice]


@_invariant("V4", "Nobody who died, was stopped or belongs to another household is paid")
def nobody_wrong(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V4."""
    found = []
    asked_back = {(r.household_id, month) for r in books.recoveries for month in r.months}
    for line in books.payable:
        if (line.household_id, line.month) in asked_back:
            continue  # learned after the payment, and decided
        rows = books.decisions.get(line.household_id, ())
        given = next((row for row in rows if row.id == line.entitlement_id), None)
        if given is None or (line.kind == "monthly" and not entitlements.covers(given, line.month)):
            found.append(_home("Household {household}: stopped, but payable in {month}.", line))
        elif roster_checks.death(line, books.members.get(line.household_id, ()), given.decided_on):
            found.append(_home("Household {household}: somebody died before {month}.", line))
        if line.household_id in books.shared_ids:
            found.append(_home("Household {household}: a member belongs to another household too.", line))
    return {"payable": len(books.payable)}, found


@_invariant("V5", "Lines, roster, file and the bank's results have one total, and nothing is unknown")
def one_total(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V5."""
    lines = sum(line.total_fen for line in books.payable)
    out = [file for file in books.files if file.direction == "out"]
    file_total = out[0].total_fen if out else 0
    places = books.balance.by_state
    paid = sum(line.total_fen for line in books.paid_lines)
    deferred = sum(line.total_fen for line in books.lines if line.state == LineState.DEFERRED)
    figures = {"lines": lines, "roster": books.roster.total_fen, "file": file_total, "paid": paid,
               "deferred": deferred, **{name: fen for name, (_, fen) in places.items() if name != "paid"}}
    found = []
    if not (lines == books.roster.total_fen == file_total == paid + deferred) or not books.balance.holds:
        found.append(Message("The totals differ: lines {lines}, roster {roster}, file {file}, paid {paid} yuan.",
                             {name: yuan(int(fen)) for name, fen in figures.items()}))
    if places["unknown"][0] or places["waiting"][0]:
        found.append(Message("{count} lines have no final answer from the bank.",
                             {"count": places["unknown"][0] + places["waiting"][0]}))
    if any(not file.receipt for file in out):
        found.append(Message("A payment file has not been sent."))
    return figures, found


@_invariant("V6", "Last month's total, plus what came, minus what went, is this month's")
def bridge_carries(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V6."""
    towns = books.bridge["townships"]
    assert isinstance(towns, dict)
    found = [Message("Township {township}: the bridge is {yuan} yuan off.", {"township": code, "yuan": yuan(town["difference"])})
             for code, town in towns.items() if town["difference"]]
    if books.bridge != books.roster.bridge:
        found.append(Message("The signed bridge is not the one that the lines give."))
    total = books.bridge["total"]
    assert isinstance(total, dict)
    return total, found


@_invariant("V7", "Each fund source balances and is nowhere below zero")
def funds_balance(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V7."""
    found = [Message("The entry or account {name} does not balance.", {"name": name}) for name in books.unbalanced]
    found += [Message("The account {name} is {yuan} yuan below zero.", {"name": name, "yuan": yuan(-fen)})
              for name, fen in books.accounts.items() if fen < 0 and not name.startswith("budget:")]
    found += [Message("The account {name} still holds {yuan} yuan of this month.", {"name": name, "yuan": yuan(fen)})
              for name, fen in books.cycle_accounts.items()
              if fen and name.startswith(("reserved:", "bank:", "returned:"))]
    return dict(books.accounts), found


@_invariant("V8", "Three levels, signed by distinct persons, agreed to the version that was paid")
def signed_is_paid(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V8."""
    agreed = {(s.level, s.scope): s.person_id for s in books.signatures if s.result == signatures.AGREE}
    wanted = [*((signatures.TOWN, town) for town in books.townships),
              (signatures.COUNTY, books.cycle.division_code), (signatures.FINANCE, books.cycle.division_code)]
    found = [Message("Level {level}, {scope}: not signed.", {"level": level, "scope": scope})
             for level, scope in wanted if (level, scope) not in agreed]
    persons = {level: {who for (at, _), who in agreed.items() if at == level} for level, _ in wanted}
    everybody = [person for some in persons.values() for person in some]
    if len(everybody) != len(set(everybody)) or books.makers & set(everybody):
        found.append(Message("One person signed two levels, or signed his own roster."))
    if books.digest != books.roster.hash:
        found.append(Message("The lines are not those that were signed."))
    if any(file.roster_hash != books.roster.hash for file in books.files if file.direction == "out"):
        found.append(Message("A payment file was made from another version."))
    return {"signatures": len(agreed), "version": books.roster.version, "hash": books.roster.hash}, found


@_invariant("V9", "Each payee is a member of the household or has a filed agreement")
def payees_allowed(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V9."""
    return {}, [_home("Household {household}: the payee is no member, and no agreement is filed.", line)
                for line in books.payable if not _payee_allowed(books, line)]


def _payee_allowed(books: Books, line: Line) -> bool:
    """Where the money was really sent: by the correction, where there is one."""
    members, filed = books.members.get(line.household_id, ()), books.exceptions.get(line.household_id, ())
    made = books.corrected.get(line.id or 0)
    if made is None:
        return roster_checks.payee_allowed(line.payee_id_number, members, filed, books.cycle.cut_off_on)
    to = entitlements.Payee(made.payee_name, made.payee_id_number, made.account_number, made.bank_code)
    return roster_checks.holder_allowed(to, line, members, filed, books.cycle.cut_off_on)


@_invariant("V10", "Paid in time, or the lateness is explained")
def in_time(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V10."""
    days = [attempt.answered_at.date() for rows in books.attempts.values() for attempt in rows
            if attempt.code == "00" and attempt.answered_at]
    late = sum(day > books.cycle.pay_by_on for day in days)
    rate = round(100 * (len(days) - late) / len(days), 2) if days else 100.0
    found = [Message("{count} payments came after {day}, without an explanation.",
                     {"count": late, "day": books.cycle.pay_by_on.isoformat()})]
    return {"on_time_percent": rate, "late": late}, found if late and not books.cycle.late_reason else []


@_invariant("V11", "Amounts are whole fen, none is negative, none that is paid is zero")
def amounts(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V11."""
    found = [_home("Household {household}: the amount of {month} is zero or negative.", line)
             for line in books.payable if line.total_fen <= 0]
    found += [_home("Household {household}: the parts of {month} do not add up.", line) for line in books.lines
              if line.total_fen != line.base_fen + line.supplement_fen + line.arrears_fen - line.recovery_fen]
    return {}, found


@_invariant("V12", "Each payment can be traced from its decision to the bank's serial number and back")
def traceable(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V12."""
    found = []
    for line in books.paid_lines:
        done = [attempt for attempt in books.attempts.get(line.id or 0, ()) if attempt.code == "00"]
        if not line.decision_no or not done or not done[-1].bank_serial:
            found.append(_home("Household {household}: decision or bank serial of {month} is missing.", line))
    if books.chain_broken_at is not None:
        found.append(Message("The audit chain is broken at entry {seq}.", {"seq": books.chain_broken_at}))
    return {"traced": len(books.paid_lines) - len(found)}, found


@_invariant("V13", "The published list is the paid lines, masked")
def published_is_paid(books: Books) -> tuple[Mapping[str, object], Iterable[Message]]:
    """V13."""
    heads = {home: next((m for m in rows if m.relation == "self" and m.died_on is None), None)
             for home, rows in books.members.items()}
    entries = published.entries(books.paid_lines, {home: head for home, head in heads.items() if head})
    total = sum(entry.amount_fen for entry in entries)
    paid = sum(line.total_fen for line in books.paid_lines)
    found = [] if total == paid else [Message("The published list differs from what was paid.")]
    return {"entries": len(entries), "total_fen": total}, found
