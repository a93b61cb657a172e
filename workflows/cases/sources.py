"""Lists of choices that forms name by `valuesKey` and that the bureau knows."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from bpmn.message import Term
from forms.answers import Staged
from workflows.cases.tables import Attachment
from workflows.office.people import Officer
from workflows.office.tables import Division

BANKS = {"PSBC": "中国邮政储蓄银行", "ABC": "中国农业银行", "ICBC": "中国工商银行", "CCB": "中国建设银行", "BOC": "中国银行",
         "BOCOM": "交通银行", "RCB": "农村商业银行（农村信用社）", "OTHER": "其他银行"}


def of(session: Session, who: Officer | None) -> dict[str, Mapping[str, Term]]:
    """Every named list, as far as the person's ground reaches."""
    return {"villages": villages(session, who)}


def villages(session: Session, who: Officer | None) -> dict[str, Term]:
    """Villages and communities on the person's ground, 12-digit code -> name with its township."""
    grounds = [held.division_code for held in who.duties] if who else [""]
    names = {division.code: division.name for division in session.exec(select(Division))}
    return {code: Term(names.get(code[:9], "") + name) for code, name in sorted(names.items())
            if len(code) == 12 and any(code.startswith(ground) for ground in grounds)}


def staged(session: Session, case_id: int | None) -> dict[str, Staged]:
    """Files a form may carry: those waiting for a case, and the case's own."""
    found = select(Attachment).where((col(Attachment.case_id).is_(None)) | (Attachment.case_id == case_id))
    return {file.token: Staged(file.token, file.name, file.size, file.media_type) for file in session.exec(found)}
