"""The only way to the data of a public notice: what has no place here cannot be posted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from workflows.papers import mask
from workflows.papers.errors import PaperDataWrong

# 最低生活保障审核确认办法 art. 24: name, number of members, amount; the rest is the office's own.
ALLOWED: Final = frozenset(
    {"issuer", "number", "issued_on", "matter", "basis", "township", "village", "applicant", "member_count"}
    | {"amount_fen", "starts_on", "ends_on", "objection_phone", "supervision_phone"}
)


@dataclass(frozen=True)
class Office:
    """Who posts the notice, where, and where objections go."""

    issuer: str
    township: str
    village: str
    objection_phone: str
    supervision_phone: str


def public_notice_data(
    *,
    office: Office,
    number: str,
    applicant_name: str,
    applicant_born: date,
    member_count: int,
    amount_fen: int,
    starts_on: date,
    ends_on: date,
    matter: str | None = None,
    basis: str | None = None,
) -> Mapping[str, object]:
    """Give masked data for `render("public_notice", ...)`; the birth date only decides the mask."""
    if ends_on <= starts_on:
        raise PaperDataWrong("public_notice: ends_on must come after starts_on")
    minor = mask.is_minor(applicant_born, starts_on)
    return {
        "issuer": office.issuer,
        "number": number,
        "issued_on": starts_on,
        "township": office.township,
        "village": office.village,
        "applicant": mask.show("applicant_name", applicant_name, "public", minor=minor),
        "member_count": member_count,
        "amount_fen": amount_fen,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "objection_phone": office.objection_phone,
        "supervision_phone": office.supervision_phone,
        **({"matter": matter} if matter else {}),
        **({"basis": basis} if basis else {}),
    }
