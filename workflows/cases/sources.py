"""Lists of choices that forms name by `valuesKey` and that the bureau knows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, and_, col, or_, select

from bpmn.message import Term
from forms.answers import Staged
from forms.schema import Choosing, FilePicker, Form
from workflows.cases.tables import Attachment
from workflows.office.people import Officer
from workflows.office.tables import Division, Duty, Person, Unit

BANKS = {"PSBC": "中国邮政储蓄银行", "ABC": "中国农业银行", "ICBC": "中国工商银行", "CCB": "中国建设银行", "BOC": "中国银行",
         "BOCOM": "交通银行", "RCB": "农村商业银行（农村信用社）", "OTHER": "其他银行"}


@dataclass(frozen=True)
class Supplies:
    """What a form needs from the bureau to be shown or checked."""

    sources: Mapping[str, Mapping[str, Term]]
    staged: Mapping[str, Staged]


def supplies(session: Session, form: Form, who: Officer | None, case_id: int | None = None) -> Supplies:
    """The named lists and staged files that this form asks for; nothing is looked up for one that asks none."""
    files = any(isinstance(component, FilePicker) for _, component in form.walk())
    return Supplies(lists(session, [form], who), staged(session, case_id, who.id if who else None) if files else {})


def lists(session: Session, forms: Iterable[Form], who: Officer | None = None) -> Mapping[str, Mapping[str, Term]]:
    """The named lists that any of these forms asks for; without a person the whole of each."""
    named = {field.source for form in forms for _, field in form.walk() if isinstance(field, Choosing)}
    return {name: LISTS[name](session, who) for name in sorted(named & LISTS.keys())}


def villages(session: Session, who: Officer | None) -> dict[str, Term]:
    """Villages and communities on the person's ground, 12-digit code -> name with its township."""
    return _divisions(session, who, VILLAGE)


def townships(session: Session, who: Officer | None) -> dict[str, Term]:
    """Townships and streets on the person's ground, or the one it lies in."""
    return _divisions(session, who, TOWNSHIP)


def units(session: Session, who: Officer | None) -> dict[str, Term]:
    """The offices of the person's county, by their row's number."""
    return {str(unit.id): Term(unit.name) for unit in session.exec(select(Unit).order_by(col(Unit.division_code), col(Unit.id)))
            if _near(who, unit.division_code[:6])}


def officers(session: Session, who: Officer | None) -> dict[str, Term]:
    """Everybody with a duty on the person's ground, login -> name and office."""
    found = session.exec(select(Person, Unit).join(Duty, col(Duty.person_id) == col(Person.id))
                         .join(Unit, col(Unit.id) == col(Duty.unit_id)).order_by(col(Person.id)))
    return {person.login: Term(f"{person.name}（{unit.name}）") for person, unit in found if _near(who, unit.division_code)}


def banks(_session: Session, _who: Officer | None) -> dict[str, Term]:
    """The banks that pay out."""
    return {code: Term(name) for code, name in BANKS.items()}


# What a form may name by `valuesKey`.
LISTS: Mapping[str, Callable[[Session, Officer | None], dict[str, Term]]] = {
    "villages": villages, "townships": townships, "units": units, "officers": officers, "banks": banks}
VILLAGE, TOWNSHIP = 12, 9


def _divisions(session: Session, who: Officer | None, digits: int) -> dict[str, Term]:
    names = {division.code: division.name for division in session.exec(select(Division))}
    return {code: Term((names.get(code[:TOWNSHIP], "") if digits == VILLAGE else "") + name)
            for code, name in sorted(names.items()) if len(code) == digits and _near(who, code)}


def _near(who: Officer | None, code: str) -> bool:
    """On the person's ground, or, for what is larger than it, around it."""
    return who is None or any(code.startswith(held.division_code) or held.division_code.startswith(code) for held in who.duties)


def staged(session: Session, case_id: int | None, uploaded_by: int | None) -> dict[str, Staged]:
    """Files a form may carry: this person's own that wait for a case, and the case's."""
    own = and_(col(Attachment.case_id).is_(None), Attachment.uploaded_by == uploaded_by)
    return named(session.exec(select(Attachment).where(or_(own, Attachment.case_id == case_id) if case_id else own)))


def named(files: Iterable[Attachment]) -> dict[str, Staged]:
    """Files by what a form's answer carries of them."""
    return {file.token: Staged(file.token, file.name, file.size, file.media_type) for file in files}
