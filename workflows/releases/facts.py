"""What a case can know: which element writes which fact, of which kind, and which names an expression can see."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from lxml import etree

from bpmn.dmn.static import ModelReading, read_model
from bpmn.feel.static import ANY, NULL, NUMBER, TEXT, Kind, ListOf, Record, join, of_type, over, read
from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN
from workflows.releases import formulas, shapes
from workflows.releases.draft import Draft, Drawn, Part
from workflows.releases.house import house

APPLICATION = "application"
COUNTERS = ("loopCounter", "nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances")
HEARS = ("receiveTask", "intermediateCatchEvent", "boundaryEvent", "startEvent")    # what a message says: `into`
LOOPS = (f"{BPMN}multiInstanceLoopCharacteristics", f"{BPMN}standardLoopCharacteristics")


@dataclass(frozen=True)
class Writing:
    """One fact that one element writes."""

    part: Part
    element: str
    fact: str
    kind: Callable[[], Kind]


@lru_cache(maxsize=4)
def of(draft: Draft) -> "Facts":
    """The facts of a draft, worked out once."""
    return Facts(draft)


class Facts:
    """The facts of a draft; their kinds are worked out when first asked for."""

    def __init__(self, draft: Draft) -> None:
        """Nothing is worked out yet."""
        self.draft = draft
        self._kinds: dict[str, Kind] = {}
        self._forms: dict[str, Mapping[str, Kind]] = {}
        self._papers: dict[str, Mapping[str, Kind]] = {}

    @cached_property
    def writings(self) -> tuple[Writing, ...]:
        """Everything that elements write."""
        return tuple(writing for part, drawn in self.draft.elements() for writing in self._written(part, drawn))

    @cached_property
    def given(self) -> Mapping[str, Kind]:
        """The facts a case is opened with, and those the house writes at any time."""
        rules = self.draft.main.rules
        form = self.draft.forms.get(rules.start_form or "")
        opened: dict[str, Kind] = {APPLICATION: shapes.of_form(form) if form else ANY} if rules.start_form else {}
        return {**opened, **{name: of_type(text) for name, text in (*rules.given.items(), *house().facts.items())}}

    @cached_property
    def world(self) -> Mapping[str, Kind]:
        """The names that are no facts."""
        return shapes.world(self.draft)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every fact that anything can write."""
        return frozenset(self.given) | {writing.fact for writing in self.writings}

    @cached_property
    def whole(self) -> bool:
        """Whether all that writes facts is there to be read; else nobody can say that a name is written nowhere."""
        return all(self._is_known(drawn) for _, drawn in self.draft.elements())

    def _is_known(self, drawn: Drawn) -> bool:
        if drawn.node.kind == "callActivity":
            return reading.called(drawn.xml) in self.draft.parts
        asked = formulas.effect_of(drawn)
        if drawn.node.kind == "businessRuleTask" and not asked:
            return self.draft.model_of(reading.camunda(drawn.xml, "decisionRef") or "") is not None
        if not asked:
            return drawn.node.kind != "serviceTask"
        return asked in house().effects or asked in house().jobs

    def kind_of(self, fact: str) -> Kind:
        """The kind of a fact, whoever wrote it; one that depends on itself is not known."""
        if fact not in self._kinds:
            self._kinds[fact] = ANY
            written = [self.given[fact]] if fact in self.given else []
            written += [writing.kind() for writing in self.writings if writing.fact == fact]
            self._kinds[fact] = shapes.with_added(join(*written)) if fact == APPLICATION else join(*written)
        return self._kinds[fact]

    @cached_property
    def around(self) -> Mapping[str, Kind]:
        """Everything that any expression of the case can see; whatever it names, where something could not be read."""
        return over(self.world, _Kinds(self) if self.whole else _Anything(self))

    def seen_at(self, part: Part, element: str) -> Mapping[str, Kind]:
        """What an expression at an element can see: also the names of the instances it stands in."""
        return over(self.local(part, element), self.around)

    def seen_by(self, formula: formulas.Formula) -> Mapping[str, Kind]:
        """What that expression can see: also the entries of registers it is about, and what only papers can read."""
        about = {name: ListOf(self.entry(register)) if many else self.entry(register) for name, register, many in formula.about}
        more = {**about, **(self.paper_names(formula.paper) if formula.paper else {})}
        seen = self.seen_at(formula.part, formula.at)
        return over(more, seen) if more else seen

    def entry(self, register: str) -> Kind:
        """An entry of that register; anything where it is not declared."""
        found = self.draft.registers.get(register)
        return found.feel_kind if found else ANY

    def paper_names(self, kind: str) -> Mapping[str, Kind]:
        """The names that only a paper can read."""
        if kind not in self._papers:
            self._papers[kind] = shapes.paper_world(self.draft, kind)
        return self._papers[kind]

    def seen_in(self, form: str) -> Mapping[str, Kind]:
        """What the expressions of a form can see besides its answers: of a case that is not open yet the rules alone."""
        if form not in self._forms:
            used = [self.local(part, drawn.node.id) for part, drawn in self.draft.elements() if drawn.node.form_key == form]
            local = {name: kind for names in used for name, kind in names.items()}
            self._forms[form] = over({"today": TEXT, **local}, self.around if used else {"rules": self.world["rules"]})
        return self._forms[form]

    def local(self, part: Part, element: str) -> dict[str, Kind]:
        """The element variables and counters of the instances around an element, the innermost first."""
        names: dict[str, Kind] = {}
        for loop_part, loop in self._loops(part, element):
            names = {**dict.fromkeys(COUNTERS, NUMBER), **names}
            if variable := reading.element_variable_of(loop):
                names.setdefault(variable, self._item(loop_part, loop))
        return names

    def items_at(self, part: Part, element: str) -> Kind:
        """What the innermost instance around an element is about; NULL where it stands in none."""
        loop = self.loop_at(part, element)
        return NULL if loop is None else NUMBER if loop[1].tag == LOOPS[1] else self._item(*loop)

    def loop_at(self, part: Part, element: str) -> tuple[Part, etree._Element] | None:
        """The innermost loop around an element, and the process it is drawn in."""
        return next(self._loops(part, element), None)

    def repetitions(self, part: Part, element: str) -> list[etree._Element]:
        """The repetitions for items that an element stands in, each within the next; of several callers the one with the most."""
        return self._nested(part, part.nodes[element].xml, frozenset())

    def _nested(self, part: Part, xml: etree._Element, seen: frozenset[str]) -> list[etree._Element]:
        around: list[etree._Element] = []
        place: etree._Element | None = xml
        while place is not None and place is not part.xml:
            around += place.findall(LOOPS[0])
            place = place.getparent()
        callers = (self._nested(caller, call, seen | {part.id}) for caller, called, call in self._calls
                   if called == part.id and part.id not in seen)
        return around + max(callers, key=len, default=[])

    @cached_property
    def decisions(self) -> Mapping[str, ModelReading]:
        """Every model read, by its file."""
        return {file: read_model(model, self._asked_by(file)) for file, model in self.draft.models.items()}

    def _asked_by(self, file: str) -> Mapping[str, Kind]:
        """What a table can see; a borrowed one may ask for what this process has not, and finds nothing."""
        if file not in self.draft.main.rules.borrows:
            return self.around
        missing = [data.name for data in self.draft.models[file].inputs.values() if data.name not in self.around]
        return over(dict.fromkeys(missing, NULL), self.around)

    # ---- who writes what -----------------------------------------------------------------------------------------

    def _written(self, part: Part, drawn: Drawn) -> Iterator[Writing]:
        node, result = drawn.node, reading.camunda(drawn.xml, "resultVariable")
        if node.kind == "userTask":
            yield Writing(part, node.id, drawn.node.fact, lambda: self._answers(part, drawn))
        elif node.kind == "scriptTask" and result:
            yield Writing(part, node.id, result, lambda: self._script(part, drawn))
        elif node.kind == "businessRuleTask" and not node.topic:
            yield from self._decided(part, drawn, result)
        elif node.message and node.kind in HEARS and "into" in node.properties:
            yield Writing(part, node.id, node.properties["into"], lambda: ANY)
        asked = node.properties.get("effect") if node.kind == "userTask" else node.topic
        effect = house().effects.get(asked or "")
        for fact in effect.written(node.properties) if effect else ():
            gift = effect.gift(fact, node.properties) if effect else None
            kind = NULL if gift is None else ListOf(self.entry(node.properties.get("register", ""))) if gift.entries else of_type(gift.type)
            yield Writing(part, node.id, fact, lambda kind=kind: kind)  # type: ignore[misc]

    def _answers(self, part: Part, drawn: Drawn) -> Kind:
        form = self.draft.forms.get(drawn.node.form_key or "")
        if form is None:
            return ANY
        answers, item = shapes.of_form(form), self.items_at(part, drawn.node.id)
        if item == NULL or (item.known and item.kind != "string"):
            return answers
        return ListOf(Record({"item": TEXT, "item_numbers": ListOf(NUMBER), **answers.entries})) if item.known else ANY

    def _script(self, part: Part, drawn: Drawn) -> Kind:
        source = formulas.bare(reading.text_of(drawn.xml.find(f"{BPMN}script")))
        return read(source, self.seen_at(part, drawn.node.id)).kind

    def _decided(self, part: Part, drawn: Drawn, result: str | None) -> Iterator[Writing]:
        decision = reading.camunda(drawn.xml, "decisionRef") or ""
        found = self.draft.model_of(decision)
        if found is None:
            return
        file, model = found
        columns = getattr(model.decisions[decision].expression, "outputs", ()) if result is None else ()
        if len(columns) > 1:
            for column in columns:
                yield Writing(part, drawn.node.id, column.name or column.id,
                              lambda name=column.name or column.id: self._column(file, decision, name))  # type: ignore[misc]
        else:
            yield Writing(part, drawn.node.id, result or decision, lambda: self._decision(file, decision))

    def _decision(self, file: str, decision: str) -> Kind:
        return read_model(self.draft.models[file], self._asked_by(file)).kinds[decision]

    def _column(self, file: str, decision: str, name: str) -> Kind:
        whole = self._decision(file, decision)
        return whole.entries.get(name, ANY) if isinstance(whole, Record) else ANY

    # ---- instances -----------------------------------------------------------------------------------------------

    def _loops(self, part: Part, element: str) -> Iterator[tuple[Part, etree._Element]]:
        """The loops around an element, also those of the calls that lead to its process, the innermost first."""
        waiting, seen = [(part, part.nodes[element].xml)], set[str]()
        while waiting:
            here, xml = waiting.pop(0)
            place: etree._Element | None = xml
            while place is not None and place is not here.xml:
                yield from ((here, loop) for tag in LOOPS for loop in place.findall(tag))
                place = place.getparent()
            if here.id not in seen:
                seen.add(here.id)
                waiting += [(caller, xml) for caller, called, xml in self._calls if called == here.id]

    @cached_property
    def _calls(self) -> tuple[tuple[Part, str | None, etree._Element], ...]:
        return tuple((part, reading.called(drawn.xml), drawn.xml) for part, drawn in self.draft.elements()
                     if drawn.node.kind == "callActivity")

    def _item(self, part: Part, loop: etree._Element) -> Kind:
        activity = loop.getparent()
        outside = activity.getparent() if activity is not None else None
        around = self.local(part, str(outside.get("id"))) if outside is not None and outside is not part.xml else {}
        kind = read(formulas.bare(reading.collection_of(loop)), over(around, self.around)).kind
        return kind.item if isinstance(kind, ListOf) else kind


class _Kinds(Mapping[str, Kind]):
    """The facts by name, each worked out when it is looked up."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def __getitem__(self, name: str) -> Kind:
        if name not in self.facts.names:
            raise KeyError(name)
        return self.facts.kind_of(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts.names)

    def __len__(self) -> int:
        return len(self.facts.names)

    def __contains__(self, name: object) -> bool:
        return name in self.facts.names


class _Anything(_Kinds):
    """The facts by name, and any other name besides: some element that is not understood may write it."""

    def __getitem__(self, name: str) -> Kind:
        return self.facts.kind_of(name) if name in self.facts.names else ANY

    def __contains__(self, name: object) -> bool:
        return True
