"""One table of duties: what `office.permissions` says is what the commands of payments ask."""

import ast
from typing import Any

import pytest

from workflows.errors import NotAllowed
from workflows.office import permissions
from workflows.office.people import Held, Officer
from workflows.office.tables import Role
from workflows.payments import duties, funds
from workflows.settings import ROOT


def officer(role: str) -> Officer:
    return Officer(1, role, role, duties=(Held(role, 1, "单位", "COUNTY", "990101"),))


@pytest.mark.parametrize("action", sorted(permissions.MAY))
@pytest.mark.parametrize("role", list(Role))
def test_a_command_allows_what_the_table_allows(action: str, role: str) -> None:
    if role in permissions.MAY[action]:
        assert duties.need(officer(role), "990101001", action) == role
        with pytest.raises(NotAllowed):
            duties.need(officer(role), "990102", action)
    else:
        with pytest.raises(NotAllowed):
            duties.need(officer(role), "990101", action)


def test_payments_name_no_roles_of_their_own_where_they_ask_for_a_duty() -> None:
    for path in (ROOT / "workflows" / "payments").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "duties.need":
                assert len(node.args) == 3, path.name
                assert not ast.unparse(node.args[2]).startswith("Role"), path.name


@pytest.mark.parametrize("role", [Role.COUNTY_FINANCE, Role.COUNTY_CLERK, Role.COUNTY_LEAD])
def test_only_the_finance_bureau_allots_money(county: Any, role: str) -> None:
    with pytest.raises(NotAllowed):
        funds.allocate(county.session, "01", 1, "年初预算", None, officer(role))
