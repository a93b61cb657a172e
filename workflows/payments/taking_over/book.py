"""Take over the households a bureau already pays: all of a workbook, or nothing of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, select

from bpmn.message import Message
from workflows.cases.tables import Household, Member
from workflows.errors import NotAllowed, RowError, RowsInvalid
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.office.tables import Division
from workflows.payments import schemes
from workflows.payments.entitled import entitlements
from workflows.payments.taking_over import registered as taken_over, rows as household_rows, sheet as household_sheet
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.taking_over.rows import Family, Grant, Person
from workflows.payments.taking_over.sheet import ID_NUMBER, NUMBER, VILLAGE, Row, template_xlsx
from workflows.payments.tables import Entitlement
from workflows.records import audit

__all__ = ["Imported", "take_in", "template_xlsx"]

_MANY = 500  # values in one IN (…)


@dataclass(frozen=True)
class Imported:
    """What an import brought."""

    households: int
    members: int
    entitlements: int
    already_there: int
    warnings: tuple[RowError, ...] = ()


def take_in(session: Session, content: bytes, who: Officer, now: datetime, scheme: str = "") -> Imported:
    """Check every row of the workbook; then write all of it, or refuse it with every error (`RowsInvalid`).

    `scheme` is what the families receive; left out, the first that pays by the month.
    """
    if not any(held.role in permissions.MAY["import_households"] for held in who.duties):
        raise NotAllowed("Only the county bureau imports households.")
    scheme = schemes.check(session, scheme)
    rows, errors = household_sheet.read(content)
    families, wrong = household_rows.families(rows, now.date())
    there = _there(session, families)
    errors += wrong
    errors += _unknown_villages(session, families, who)
    errors += _known_differently(families, there)
    errors += _known_persons(session, families, schemes.barring(session, scheme))
    if errors:
        raise RowsInvalid(sorted(errors, key=lambda error: (error.sheet != household_sheet.HOUSEHOLDS, error.row)))
    new = [family for family in families if family.number not in there]
    _write(session, new, scheme, who, now)
    done = Imported(len(new), sum(len(family.members) for family in new), sum(family.grant is not None for family in new),
                    len(families) - len(new), tuple(warning for family in new for warning in family.warnings))
    audit.append(session, "office", who.actor(), "household.import", now,
                 summary=f"导入家庭 {done.households} 户 {done.members} 人，待遇 {done.entitlements} 项，已有 {done.already_there} 户",
                 after={"households": done.households, "members": done.members, "entitlements": done.entitlements,
                        "already_there": done.already_there})
    return done


def _write(session: Session, families: list[Family], scheme: str, who: Officer, now: datetime) -> None:
    households = {family.number: Household(
        number=family.number, division_code=family.division_code, category=family.category, address=family.address,
        phone=family.phone) for family in families}
    session.add_all(households.values())
    session.flush()
    ids = {number: household.id or 0 for number, household in households.items()}
    session.add_all(Member(household_id=ids[family.number], name=member.name, id_number=member.id_number, relation=member.relation)
                    for family in families for member in family.members)
    session.flush()
    register = taken_over.Register(session, scheme, who.actor(), now)
    for family in families:
        if family.grant is not None:
            given = _grant(session, ids[family.number], scheme, family.category, family.grant, who, now)
            register.enter(households[family.number], given, taken_over.Known(
                {member.id_number: member.work_ability for member in family.members}, family.grant.income_fen, family.grant.review_due_on))


def _grant(session: Session, household_id: int, scheme: str, category: str, grant: Grant, who: Officer, now: datetime) -> Entitlement:
    payee = Payee(grant.payee_name, grant.payee_id_number, grant.account_number, grant.bank_code)
    return entitlements.grant(session, household_id, None, grant.decision_no, grant.decided_on, grant.base_fen, 0, grant.people,
                              category, payee, now, who, scheme=scheme, from_month=grant.from_month, paid_till=grant.paid_till,
                              fund_source=grant.fund_source)


def _unknown_villages(session: Session, families: Iterable[Family], who: Officer) -> list[RowError]:
    known = set(session.exec(select(Division.code)))
    errors = []
    for family in families:
        code = family.division_code
        if not code:
            continue  # already said
        if code not in known:
            errors.append(family.row.error(VILLAGE, Message("There is no village {code}.", {"code": code})))
        elif permissions.why_not(who, "import_households", code):
            errors.append(family.row.error(VILLAGE, Message("{code} is not on your unit's ground.", {"code": code})))
    return errors


def _there(session: Session, families: list[Family]) -> dict[str, Family]:
    """The families of the database that bear a number of the file's."""
    found: dict[str, Family] = {}
    for some in _some([family.number for family in families]):
        households = list(session.exec(select(Household).where(col(Household.number).in_(some))))
        ids = [household.id for household in households]
        members: dict[int, list[Member]] = defaultdict(list)
        for member in session.exec(select(Member).where(col(Member.household_id).in_(ids))):
            members[member.household_id].append(member)
        newest_first = (select(Entitlement).where(col(Entitlement.household_id).in_(ids))
                        .order_by(col(Entitlement.id).desc()))
        grants = {given.household_id: given for given in session.exec(newest_first)}  # keeps each one's first
        found |= {household.number: _family(household, members[household.id or 0], grants.get(household.id or 0))
                  for household in households}
    return found


def _family(household: Household, members: list[Member], given: Entitlement | None) -> Family:
    grant = Grant(given.decision_no, given.decided_on, given.from_month, given.paid_till, given.base_fen,
                  given.people, given.fund_source, given.payee_name, given.payee_id_number, given.bank_code,
                  given.account_number) if given else None
    return Family(Row(household_sheet.HOUSEHOLDS, 0, {}), household.number, household.division_code,
                  household.category, household.address, household.phone,
                  tuple(Person(member.name, member.id_number, member.relation) for member in members), grant)


def _known_differently(families: list[Family], there: dict[str, Family]) -> list[RowError]:
    return [family.row.error(NUMBER, Message("Household {number} is already there with other data: {what}.",
                                             {"number": family.number, "what": "、".join(differences)}))
            for family in families if family.number in there
            if (differences := household_rows.differences(family, there[family.number]))]


def _known_persons(session: Session, families: list[Family], exclusive: Collection[str]) -> list[RowError]:
    """Nobody belongs to two households (8.4, PY-9), but for those that receive only what one may have besides."""
    granted = select(Entitlement.household_id).where(col(Entitlement.household_id) == col(Household.id))
    besides = and_(granted.exists(), ~granted.where(col(Entitlement.scheme).in_(exclusive)).exists())
    where = {member.id_number: (family, place) for family in families
             for place, member in zip(family.member_rows, family.members, strict=True)}
    errors = []
    for some in _some(list(where)):
        known = session.exec(select(Member.id_number, Household.number)
                             .join(Household, col(Household.id) == col(Member.household_id))
                             .where(col(Member.id_number).in_(some), col(Member.died_on).is_(None), ~besides))
        for id_number, number in known:
            family, place = where[id_number]
            if number != family.number:
                errors.append(place.error(ID_NUMBER, Message("This person already belongs to household {number}.",
                                                             {"number": number})))
    return errors


def _some(values: list[str]) -> Iterable[list[str]]:
    unique = list(dict.fromkeys(values))
    return (unique[n:n + _MANY] for n in range(0, len(unique), _MANY))
