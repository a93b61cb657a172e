"""A county whose drawings may name the registers that are shipped."""

import shutil
from datetime import datetime

import pytest

from tests.databases import at_file
from tests.small_county import SmallCounty
from workflows.records.types import CHINA
from workflows.registers import effects as _effects  # noqa: F401  (what drawings ask for)
from workflows.registers.entries import Because
from workflows.settings import ROOT

NOW = datetime(2024, 6, 3, 9, tzinfo=CHINA)
CODE, OTHER_CODE = "51990101MJ0000001K", "52990101MJ0000002K"
CHAIR, HEAD = "990101198001010014", "990101198203030021"


def organisation(**changes):
    """An association as it is entered."""
    return {"name": "示例县物业管理协会", "code": CODE, "kind": "association", "trade_name": "物业管理",
            "legal_representative": "王建国", "legal_representative_id_number": CHAIR,
            "people": [{"name": "王建国", "id_number": CHAIR, "post": "会长", "since": "2024-01-01", "until": None}], **changes}


def on(year: int, month: int, day: int, reason: str = "") -> Because:
    """The morning of a day."""
    return Because(datetime(year, month, day, 9, tzinfo=CHINA), reason=reason)


def made(source, root) -> SmallCounty:
    """The fixture county, with the shipped registers beside its own drawings."""
    shutil.copytree(ROOT / "bpmn/registers", root / "bpmn/registers")
    county = SmallCounty(source, root)
    county.now = NOW
    return county


@pytest.fixture
def county(tmp_path):
    source = at_file(tmp_path / "registers.sqlite")
    yield made(source, tmp_path)
    source.dispose()


@pytest.fixture
def either(either_database, tmp_path):
    """The same on either kind of database."""
    return made(either_database, tmp_path)
