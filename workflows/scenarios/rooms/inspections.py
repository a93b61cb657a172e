"""Scenario words about inspections: a year's campaign, draws by lot, and what came of them."""

from collections.abc import Iterator
from pydantic import Field

from workflows.cases.tables import Case
from workflows.inspections import campaigns, draws
from workflows.office import people
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Shape, Step
from workflows.scenarios.words import Look, then, verb

COUNTY = "990101"


class Campaign(Shape):
    """Of which year."""

    year: int


class Draw(Shape):
    """What is drawn, and who sees to it."""

    plan: str
    seed: str
    roster: list[str]
    witness: str


class VoidDraw(Shape):
    """Which draw is void, and why."""

    plan: str
    reason: str = ""


@verb("campaign", "freeze the list of a `year`'s annual inspection and open every case that is not open yet", Campaign)
def _campaign(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        who, year = people.by_login(session, step.who), Campaign.model_validate(step.answers).year
        made = campaigns.campaign(session, year, COUNTY) or campaigns.freeze(session, year, COUNTY, who, bureau.now)
        campaigns.open_cases(session, made, who, bureau.now)
        if last := next((one.case for one in reversed(campaigns.standings(session, made)) if one.case), None):
            bureau.remember(step.case, last)


@verb("draw", "draw by lot: `plan`, `seed`, `roster` = names of inspectors, `witness` = login; a case for each one drawn", Draw)
def _draw(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        who, said = people.by_login(session, step.who), Draw.model_validate(step.answers)
        witness = people.by_login(session, said.witness)
        made = draws.draw(session, said.plan, COUNTY, said.seed, said.roster, who, witness, bureau.now)
        draws.open_cases(session, made.id or 0, who, bureau.now)
        bureau.remember(step.case, session.get_one(Case, made.pairs[made.drawn[0]]["case_id"]))


@verb("void_draw", "the leader voids the draw of a `plan`: `reason`", VoidDraw)
def _void(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        said = VoidDraw.model_validate(step.answers)
        made = draws.standing(session, said.plan, COUNTY)
        draws.void(session, made.id or 0 if made else 0, said.reason, people.by_login(session, step.who), bureau.now)


class Drawn(Shape):
    """What is expected of one draw."""

    n: int = 0
    voided: bool = False
    recused: list[str] = Field(default_factory=list)
    pairs: int = 0


@then("draws", list[Drawn], "every draw, the newest first: `n`, `voided`, `recused` = names passed over, `pairs` = how many inspectors each")
def _draws(look: Look, expected: list[Drawn]) -> Iterator[str]:
    made = draws.all_of(look.session, COUNTY)
    seen = [{"n": len(one.drawn), "voided": one.voided_at is not None, "recused": [row["inspector"] for row in one.recused],
             "pairs": min((len(pair["inspectors"]) for pair in one.pairs.values()), default=0)} for one in made]
    if len(seen) != len(expected):
        yield f"draws: expected {len(expected)}, found {len(seen)}"
    asked = [one.model_dump(exclude_unset=True) for one in expected]
    yield from (f"draw {place}: expected {wanted!r}, found {one!r}" for place, (one, wanted) in enumerate(zip(seen, asked, strict=False), 1)
                if any(one[key] != value for key, value in wanted.items()))


@then("campaign", dict[str, dict[str, int]], "year = how many organisations are in each state: `not_begun`, `with_unit`, `with_registrar`, `done`, …")
def _standing(look: Look, expected: dict[str, dict[str, int]]) -> Iterator[str]:
    for year, wanted in expected.items():
        yield from (f"campaign {year}: there is no state {state!r}; known: {', '.join(campaigns.STATES)}"
                    for state in wanted if state not in campaigns.STATES)
        states = [one.state for one in campaigns.standings(look.session, campaigns.must(look.session, int(year), COUNTY))]
        found = {state: states.count(state) for state in wanted}
        if found != wanted:
            yield f"campaign {year}: expected {wanted}, found {found} of {len(states)}"
