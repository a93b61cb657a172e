"""Scenario words about inspections: a year's campaign and its chasing, plans and draws by lot, and what came of them."""

from collections.abc import Iterator

from pydantic import Field

from bpmn.message import Message
from workflows.cases.tables import Case
from workflows.inspections import campaigns, chasing, draws, plans, standings, tables
from workflows.inspections.draws import Urn
from workflows.office import people
from workflows.scenarios import told
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Shape, Step
from workflows.scenarios.words import Look, then, verb

COUNTY = "990101"


class Campaign(Shape):
    """Of which year."""

    year: int


class Chase(Campaign):
    """Whom to chase: all of one state, or whoever is late."""

    state: str = ""


class Plan(Shape):
    """A plan as its form asks it."""

    plan: str
    special: bool = False
    ratio: str = ""
    kinds: list[str] = Field(default_factory=list)
    unit: str = ""
    field: str = ""
    risks: list[str] = Field(default_factory=list)
    content: list[str] = Field(default_factory=list)
    joint: str = ""
    reason: str = ""


class StandBack(Shape):
    """Who stands back from which organisation, and why."""

    inspector: str
    organisation: str
    reason: str


class Draw(Shape):
    """What is drawn, and who sees to it."""

    plan: str
    seed: str = ""
    source: str = ""
    roster: list[str]
    stand_back: list[StandBack] = Field(default_factory=list)
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
        if last := next((one.case for one in reversed(standings.of(session, made, bureau.now)) if one.case), None):
            bureau.remember(step.case, last)


@verb("chase", "chase everybody of a `year`'s campaign who is late (or all of one `state`), as the button on its page does", Chase)
def _chase(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        said = Chase.model_validate(step.answers)
        made = campaigns.must(session, said.year, COUNTY)
        chosen = [one.line.id or 0 for one in standings.of(session, made, bureau.now) if chasing.chasable(one)
                  and (one.state == said.state if said.state else one.overdue)]
        chasing.send(session, made, chosen, people.by_login(session, step.who), bureau.now)


@verb("plan", "make a plan of random inspection: `plan` = its name; `special`, `ratio`, `kinds`, `unit`, `field`, `risks`, `reason`, `joint`", Plan)
def _plan(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        said = Plan.model_validate(step.answers)
        wish = plans.Wish.of(said.plan, not said.special, said.model_dump())
        plans.make(session, wish, COUNTY, people.by_login(session, step.who), bureau.now)


@verb("draw", "draw by lot: `plan` (a regular one is made where there is none), `seed`, `source`, `roster` = names of inspectors, `stand_back` = "
              "rows of inspector, organisation and reason, `witness` = login; a case for each one drawn", Draw)
def _draw(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        who, said = people.by_login(session, step.who), Draw.model_validate(step.answers)
        plan = plans.named(session, said.plan, COUNTY) or plans.make(session, plans.Wish(said.plan), COUNTY, who, bureau.now)
        urn = Urn(said.roster, said.seed, said.source, [one.model_dump() for one in said.stand_back])
        made = draws.draw(session, plan, urn, who, people.by_login(session, said.witness), bureau.now)
        draws.open_cases(session, made.id or 0, who, bureau.now)
        bureau.remember(step.case, session.get_one(Case, made.pairs[made.drawn[0]]["case_id"]))


@verb("void_draw", "the leader voids the draw of a `plan`: `reason`", VoidDraw)
def _void(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        said = VoidDraw.model_validate(step.answers)
        plan = plans.named(session, said.plan, COUNTY)
        made = draws.standing(session, plan) if plan else None
        draws.void(session, made.id or 0 if made else 0, said.reason, people.by_login(session, step.who), bureau.now)


class Drawn(Shape):
    """What is expected of one draw."""

    n: int = 0
    voided: bool = False
    recused: list[str] = Field(default_factory=list)
    pairs: int = 0
    population: int = 0
    drawn: list[str] = Field(default_factory=list)


@then("draws", list[Drawn], "every draw, the newest first: `n`, `voided`, `recused` = names passed over, `pairs` = how many inspectors each, "
                            "`population` = from how many, `drawn` = codes")
def _draws(look: Look, expected: list[Drawn]) -> Iterator[Message]:
    seen = [_seen(one) for one in draws.all_of(look.session, COUNTY)]
    if len(seen) != len(expected):
        yield told.differs("draws", len(expected), len(seen))
    for place, (one, wanted) in enumerate(zip(seen, expected, strict=False)):
        yield from told.differing(f"draws.{place}", wanted.model_dump(exclude_unset=True), one)


def _seen(one: tables.Draw) -> dict[str, object]:
    return {"n": len(one.drawn), "voided": one.voided_at is not None, "recused": [row["inspector"] for row in one.recused], "drawn": one.drawn,
            "pairs": min((len(pair["inspectors"]) for pair in one.pairs.values()), default=0), "population": len(one.population)}


@then("campaign", dict[str, dict[str, int]], "year = how many organisations are in each state: `not_begun`, `with_unit`, `with_registrar`, "
                                             "`done`, …; also `overdue`, `late` (filed so) and `chased` (how often)")
def _standing(look: Look, expected: dict[str, dict[str, int]]) -> Iterator[Message]:
    known = (*standings.STATES, "overdue", "late", "chased")
    for year, wanted in expected.items():
        yield from (Message("A campaign counts nothing as “{word}”; it counts: {known}", {"word": state, "known": ", ".join(known)})
                    for state in wanted if state not in known)
        rows = standings.of(look.session, campaigns.must(look.session, int(year), COUNTY), look.bureau.now)
        counts = {"overdue": sum(one.overdue is not None for one in rows), "late": sum(one.late for one in rows),
                  "chased": sum(len(one.chases) for one in rows)}
        found = {state: counts.get(state, sum(one.state == state for one in rows)) for state in wanted}
        yield from told.differing(f"campaign.{year}", wanted, found)
