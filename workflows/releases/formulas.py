"""Every FEEL expression of a drawing and its rules: where it stands, when it is read, and what it must give."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bpmn import sentences
from bpmn.message import Term
from bpmn.schema import Guard
from workflows.engine import Node
from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN
from workflows.releases.draft import FLOW, PAPERS, RULES, Draft, Drawn, Part
from workflows.releases.house import house

NOTICE = "public_notice"      # the paper that everybody may read
BOOLEAN, TEXTS = ("boolean",), ("string",)
TIMES = {"timeDate": ("date", "date and time", "string"), "timeCycle": ("string", "days and time duration"),
         "timeDuration": ("days and time duration", "years and months duration", "string")}
CONDITION, TIMER, COLLECTION = Term("条件", "condition"), Term("定时", "timer"), Term("集合", "collection")
SENTENCE = Term("提示语", "sentence")
SCRIPT, GUARD, LOOP = Term("脚本", "script"), Term("办理规则", "guard"), Term("循环条件", "loop condition")
PROPERTY, PAPER, LIMIT = Term("属性", "property"), Term("文书", "paper"), Term("时限", "limit")
PROPERTIES = {"context": ("context",), "text_feel": ("string",), "receiver": ("string", "list"), "entry_data": ("context",),
              "value_feel": ("string", "list", "number", "date"), "number_feel": ("number",), "flag_feel": BOOLEAN, "list_feel": ("list",), "people_feel": ("list", "context"), "entry_feel": BOOLEAN,
              "date_feel": ("date", "date and time", "string")}
ENTRY = "entry"     # under this name a register's entry is seen
RECEIVERS = ("parent", "children")      # else FEEL that gives the number of a case, or several


@dataclass(frozen=True)
class Formula:
    """One expression; it is read on entering the element `at`, or on leaving it by the flow `element`."""

    part: Part
    element: str
    at: str
    what: Term
    source: str
    gives: tuple[str, ...] = ()     # FEEL's words for the kinds it may give; empty: anything
    leaving: bool = False
    guard: bool = False
    about: tuple[tuple[str, str, bool], ...] = ()       # names of register entries: name, register, whether it is a list
    paper: str = ""     # the kind of paper it is of
    asked: bool = False     # it may well come to nothing

    @property
    def file(self) -> str:
        """The file it stands in."""
        return PAPERS if self.paper else RULES if self.guard else FLOW


def of(draft: Draft) -> Iterator[Formula]:
    """All expressions of all parts, but those of what is not drawn."""
    for part in draft.parts.values():
        yield from (formula for formula in _of_part(part) if formula.at in part.nodes)
        for drawn in part.nodes.values():
            yield from of_paper(draft, paper_of(drawn), part, drawn.node)


def _of_part(part: Part) -> Iterator[Formula]:
    for flow, xml in part.flows:
        written = reading.text_of(xml.find(f"{BPMN}conditionExpression"))
        if written:
            yield Formula(part, flow.id, flow.source, CONDITION, bare(written), BOOLEAN, leaving=True)
    for drawn in part.nodes.values():
        yield from _of_element(part, drawn)
    for guard in part.rules.guards:
        yield from _of_guard(part, guard)
    for clock in part.rules.clocks:
        for element in clock.starts_with if clock.when else ():
            yield Formula(part, element, element, LIMIT, bare(clock.when), BOOLEAN, leaving=clock.starts_on == "completed", guard=True)


def _of_guard(part: Part, guard: Guard) -> Iterator[Formula]:
    """The rule, what its sentence names, and what it asks of registers."""
    asked = tuple((name, look_up.register_, True) for name, look_up in guard.asks.items())
    rule = Formula(part, guard.task, guard.task, GUARD, bare(guard.refuse_when), BOOLEAN, leaving=True, guard=True, about=asked)
    yield rule
    yield from (replace(rule, what=SENTENCE, source=source, gives=("number", "string"), about=())
                for source in sentences.formulas(guard.says, guard.en))
    for look_up in guard.asks.values():
        if look_up.value:
            yield replace(rule, source=bare(look_up.value), gives=PROPERTIES["value_feel"], about=())
        if look_up.where:
            yield replace(rule, source=bare(look_up.where), about=((ENTRY, look_up.register_, False),))


def _of_element(part: Part, drawn: Drawn) -> Iterator[Formula]:
    element, xml = drawn.node.id, drawn.xml
    if drawn.node.kind == "scriptTask":
        yield Formula(part, element, element, SCRIPT, bare(reading.text_of(xml.find(f"{BPMN}script"))))
    yield from _of_properties(part, drawn)
    for timer in xml.findall(f"{BPMN}timerEventDefinition"):
        for kind, gives in TIMES.items():
            written = reading.text_of(timer.find(f"{BPMN}{kind}"))
            if written.startswith("="):
                yield Formula(part, element, element, TIMER, bare(written), gives)
    for condition in xml.iterfind(f"{BPMN}conditionalEventDefinition/{BPMN}condition"):
        yield Formula(part, element, element, CONDITION, bare(reading.text_of(condition)), BOOLEAN)
    for loop in xml.findall(f"{BPMN}multiInstanceLoopCharacteristics"):
        yield Formula(part, element, element, COLLECTION, bare(reading.collection_of(loop)), ("list", "number"))
        if written := reading.text_of(loop.find(f"{BPMN}completionCondition")):
            yield Formula(part, element, element, LOOP, bare(written), BOOLEAN, leaving=True)
    if written := reading.text_of(xml.find(f"{BPMN}standardLoopCharacteristics/{BPMN}loopCondition")):
        yield Formula(part, element, element, LOOP, bare(written), BOOLEAN, leaving=True)


def _of_properties(part: Part, drawn: Drawn) -> Iterator[Formula]:
    node, effect = drawn.node, house().effects.get(effect_of(drawn))
    if offered := node.properties.get("offered_to", "") if node.kind == "userTask" else "":
        yield Formula(part, node.id, node.id, PROPERTY, bare(offered), ("list",))
    for name, kind in (*effect.properties.items(), *effect.may.items()) if effect else ():
        said = node.properties.get(name, "")
        if kind in PROPERTIES and said and said not in RECEIVERS:
            about = ((ENTRY, node.properties.get("register", ""), False),) if kind == "entry_feel" else ()
            yield Formula(part, node.id, node.id, PROPERTY, bare(said), PROPERTIES[kind], leaving=node.kind == "userTask", about=about)


def of_paper(draft: Draft, kind: str, part: Part, node: Node) -> Iterator[Formula]:
    """What the paper of that kind is made of, where it is made; a person's task makes it when it is done."""
    told = draft.papers.get(kind)
    for key, source in told.paper.formulas() if told else ():
        yield Formula(part, node.id, node.id, PAPER, bare(source), TEXTS if key == "to" else (), paper=kind,
                      leaving=node.kind == "userTask", asked=key in told.paper.may if told else False)


def paper_of(drawn: Drawn) -> str:
    """The kind of paper that an element makes; empty: none."""
    return house().paper_of(effect_of(drawn), drawn.node.properties)


def effect_of(drawn: Drawn) -> str:
    """The effect or job that an element asks for."""
    return drawn.node.topic or drawn.node.properties.get("effect", "")


def bare(source: str) -> str:
    """An expression without its leading sign."""
    return source.strip().removeprefix("=").strip()
