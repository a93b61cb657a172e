"""The shipped forms, a right application, and a fixed day."""

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bpmn.message import Term
from forms import loader
from forms.schema import Form

ROOT = Path(__file__).parents[2] / "forms"
SHIPPED = loader.load(ROOT)
APPLICATION = {
    "protection_category": "urban", "phone": "13800138000", "applicant_name": "王秀英",
    "applicant_id_number": "990101198001010014", "registered_division": "990101001001",
    "registered_address": "东风村 1 号", "residence_address": "东风村 1 号", "reasons": ["illness"],
    "members": [
        {"name": "王秀英", "id_number": "990101198001010014", "relation": "self", "health": "healthy",
         "work_ability": "full", "living_together": True, "authorised": True},
        {"name": "李明", "id_number": "990101201205050039", "relation": "child", "health": "severe_illness",
         "illness": "白血病", "work_ability": "none", "living_together": True, "authorised": True},
    ],
    "incomes": [{"member": "王秀英", "kind": "wage", "amount": "1,200.50", "months": 1}],
    "near_relative": "no", "promise": True,
    "account_holder": "王秀英", "account_number": "6222021234567890128", "bank_code": "ABC",
}


@pytest.fixture
def today() -> date:
    return date(2024, 3, 4)


@pytest.fixture
def villages() -> dict[str, dict[str, Term]]:
    return {"villages": {"990101001001": Term("东风村", "Dongfeng"), "990101001002": Term("光明社区", "Guangming")}}


@pytest.fixture
def shipped() -> Callable[[str], Form]:
    return lambda name: SHIPPED[name]


@pytest.fixture
def application() -> dict[str, Any]:
    return copy.deepcopy(APPLICATION)


@pytest.fixture
def form_of() -> Callable[..., Form]:
    """A small form from components; ids and labels are filled in."""
    def build(*components: dict[str, Any], **root: Any) -> Form:
        whole = {"type": "default", "id": "small", "schemaVersion": 18, "components": _completed(components), **root}
        return loader.parse(json.dumps(whole).encode(), "small")
    return build


def _completed(components: Any, prefix: str = "") -> list[dict[str, Any]]:
    done = []
    for place, component in enumerate(components):
        name = component.get("key") or component.get("path") or str(place)
        label = {} if component["type"] in {"text", "separator", "spacer", "datetime"} else {"label": name}
        whole = {"id": f"{prefix}{name}", **label, **component}
        if component["type"] == "datetime":
            whole.setdefault("dateLabel", name)
        if "components" in component:
            whole["components"] = _completed(component["components"], f"{prefix}{name}_")
        done.append(whole)
    return done
