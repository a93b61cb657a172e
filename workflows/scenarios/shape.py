"""What a scenario file may say."""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class ScenarioInvalid(Exception):
    """A scenario file that can't be run; says where and why."""


class Shape(BaseModel):
    """A shape that refuses words it does not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class GivenHousehold(Shape):
    """A household that already receives: by its head's name; amounts in yuan."""

    name: str
    id_number: str
    members: list[dict[str, str]] = Field(default_factory=list, description="name, id_number, relation")
    division: str = "990101001001"
    category: str = "urban"
    yuan: float = 0
    from_month: str = "2024-01"
    to_month: str | None = None
    paid_till: str | None = Field(default=None, description="last month paid before the scenario begins")
    died_on: date | None = Field(default=None, description="the head's death, as the registers say")
    account: str = "6228480012345678909"
    fund: str = "01"


class Given(Shape):
    """How the world stands before the first step; the county is 990101 of the fixture."""

    today: date | datetime = date(2024, 3, 4)
    rates: dict[str, Any] = Field(default_factory=dict, description="rule code -> value from the first day on")
    households: list[GivenHousehold] = Field(default_factory=list, alias="household")
    funds: dict[str, float] = Field(default_factory=dict, description="fund source -> yuan allocated")


class Then(Shape):
    """What must hold after a step, or at the end; what is left out is not asked."""

    state: str | None = Field(default=None, description="running, or the id of the end event reached")
    open: list[str] | None = Field(default=None, description="exactly these elements wait for people")
    facts: dict[str, Any] = Field(default_factory=dict, description="dotted path -> value; money in fen")
    clocks: dict[str, date] = Field(default_factory=dict, description="limit -> due day")
    used: dict[str, int] = Field(default_factory=dict, description="limit -> days used when it ended")
    documents: list[str] = Field(default_factory=list, description="kinds issued by now, in any order")
    no_documents: list[str] = Field(default_factory=list, description="kinds not issued by now")
    notice: dict[str, Any] = Field(default_factory=dict, description="posted_on, ends_on, public, shows, hides")
    grants: dict[str, Any] = Field(default_factory=dict, description="yuan and from of the entitlement")
    sees: dict[str, bool] = Field(default_factory=dict, description="login -> whether he may see the case")
    objector_hidden_from: list[str] = Field(default_factory=list, description="logins")
    cycle: dict[str, Any] = Field(default_factory=dict, description="month and what must hold of its cycle")
    paid: dict[str, float] = Field(default_factory=dict, description="month -> yuan this household has received")
    payments: list[dict[str, Any]] = Field(default_factory=list, description="to (payee), month, yuan received")


class Step(Shape):
    """One dated act of one person, or of a machine."""

    on: date | datetime | None = Field(default=None, description="default: the day of the step before")
    who: str = Field(default="", description="login of the fixture, such as town_clerk1")
    does: str = Field(description="apply, object, extend, wait, an operation, a payment verb, or the element completed")
    case: str = Field(default="", description="label of the case, where a scenario has several")
    answers: dict[str, Any] = Field(default_factory=dict, alias="with")
    refused: str | list[str] = Field(default="", description="the step must be refused with this (part of a) sentence")
    then: Then = Field(default_factory=Then)


class Scenario(Shape):
    """A whole scenario."""

    name: str
    source: str = ""
    process: str = "dibao"
    extends: str = Field(default="", description="file whose given and application hold here too")
    after: str = Field(default="", description="with `extends`: run its steps up to and with this one first")
    given: Given = Field(default_factory=Given)
    application: dict[str, Any] = Field(default_factory=dict, description="answers of the start form")
    steps: list[Step] = Field(default_factory=list, alias="step")
    then: Then = Field(default_factory=Then)


def load(path: Path, below: tuple[Path, ...] = ()) -> Scenario:
    """Read a file and what it extends; `ScenarioInvalid` with every wrong word. `below`: the files that extend it."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise ScenarioInvalid(f"{path}: {wrong}") from wrong
    try:
        own = Scenario.model_validate(raw)
    except ValidationError as wrong:
        raise ScenarioInvalid(f"{path}: " + "; ".join(
            f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in wrong.errors())) from wrong
    return _extended(own, path, (*below, path.resolve())) if own.extends else own


def _extended(own: Scenario, path: Path, below: tuple[Path, ...]) -> Scenario:
    target = (path.parent / own.extends).with_suffix(".toml")
    if target.resolve() in below:
        raise ScenarioInvalid(f"{path}: a scenario can't extend itself")
    base = load(target, below)
    given = base.given if "given" not in own.model_fields_set else base.given.model_copy(
        update={name: getattr(own.given, name) for name in own.given.model_fields_set})
    return own.model_copy(update={"given": given, "application": merged(base.application, own.application),
                                  "steps": [*_until(base, own.after, path), *own.steps],
                                  "process": own.process if "process" in own.model_fields_set else base.process})


def _until(base: Scenario, last: str, path: Path) -> list[Step]:
    if not last:
        return []
    places = [place for place, step in enumerate(base.steps) if step.does == last]
    if not places:
        raise ScenarioInvalid(f"{path}: {base.name} has no step “{last}”")
    return base.steps[: places[-1] + 1]


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Base answers with some replaced; tables are merged, lists replaced whole."""
    both = {key: merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
            for key, value in over.items()}
    return {**base, **both}
