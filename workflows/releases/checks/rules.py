"""process.toml against the drawing, the forms and the rates: it may speak only of what is there."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bpmn.feel.static import read
from bpmn.message import Message, Term
from workflows.office.tables import Role
from workflows.releases import facts, shapes
from workflows.releases.checks import clocks
from workflows.releases.checks.properties import stranger
from workflows.releases.draft import RULES, Draft, Part
from workflows.releases.facts import APPLICATION
from workflows.releases.house import house
from workflows.releases.report import Finding, nearest


def check(draft: Draft) -> Iterator[Finding]:
    """Every part's own rules, and how the process is opened."""
    for part in draft.parts.values():
        yield from _elements(draft, part)
        yield from _stages(part)
        yield from _ends(part)
        yield from _english(part)
        yield from _guards(draft, part)
        yield from clocks.check(draft, part)
        yield from _apart(part)
        yield from _start(draft, part)
        yield from _operations(draft, part)
    yield from _figures(draft)


def _elements(draft: Draft, part: Part) -> Iterator[Finding]:
    """Ids that are not drawn: guards are about own elements, the rest also about those of called processes."""
    rules, own = part.rules, part.nodes.keys()
    drawn = {drawn.node.id for _, drawn in draft.elements()} | {"*"}
    said: list[tuple[Term, Iterable[str]]] = [
        *((Term(stage.name, stage.en), stage.nodes) for stage in rules.stages),
        *((clock.title, clocks.named(clock)) for clock in rules.clocks),
        *((Term("职责分离", "apart"), apart.tasks) for apart in rules.apart),
        (Term("可以跳过的环节", "skip"), rules.operations.skip),
        *((Term("冻结", "freeze"), freeze.but) for freeze in rules.freezes),
        *((Term("退回次数", "return_limit"), limit.elements) for limit in rules.return_limits),
    ]
    for where, named in said:
        for element in named:
            if element not in drawn:
                yield stranger(part, where, element, drawn)
    for guard in rules.guards:
        if guard.task not in own:
            yield stranger(part, Term("办理规则", "guard"), guard.task, own)
    for element in rules.names_en.keys() - part.ids:
        yield part.find("element_unknown", "error", element, Message(
            "process.toml gives an English name to {element}, which is not drawn.", {"element": element}),
            file=RULES, hint=nearest(element, part.ids))


def _stages(part: Part) -> Iterator[Finding]:
    if not part.rules.stages:
        return
    counted = Counter(node for stage in part.rules.stages for node in stage.nodes)
    for element in part.nodes:
        if counted[element] == 0:
            yield part.find("stage_missing", "warning", element, Message("It stands in no stage."), file=RULES)
        elif counted[element] > 1:
            yield part.find("stage_twice", "warning", element, Message("It stands in several stages."), file=RULES)


def _ends(part: Part) -> Iterator[Finding]:
    ends = {drawn.node.id for drawn in part.nodes.values() if drawn.node.kind == "endEvent"
            and drawn.xml.getparent() is part.xml}
    for end in ends - part.rules.ends.keys():
        yield part.find("end_without_meaning", "error", end, Message(
            "process.toml does not say what it means to end here: granted, refused or closed."), file=RULES)
    for end in part.rules.ends.keys() - ends:
        yield part.find("end_unknown", "error", end, Message(
            "process.toml gives a meaning to {end}, which is no end event of the process.", {"end": end}),
            file=RULES, hint=nearest(end, ends))


def _english(part: Part) -> Iterator[Finding]:
    for drawn in part.nodes.values():
        if drawn.node.name and drawn.node.id not in part.rules.names_en:
            yield part.find("english_missing", "warning", drawn.node.id, Message(
                "It has no English name; write one under [names_en] in process.toml."), file=RULES)


def _guards(draft: Draft, part: Part) -> Iterator[Finding]:
    for guard in part.rules.guards:
        drawn = part.nodes.get(guard.task)
        if drawn is None:
            continue
        if drawn.node.kind != "userTask" and not _asks_start_form(part, guard.task):
            yield part.find("guard_misplaced", "error", guard.task, Message(
                "A guard refuses what a person answers; this is no user task."), file=RULES)
        elif guard.field:
            yield from _field(draft, part, guard.task, guard.field)


def _asks_start_form(part: Part, element: str) -> bool:
    """Whether an element is where the start form is handed in."""
    return bool(part.rules.start_form) and part.nodes[element].node.kind == "startEvent"


def _field(draft: Draft, part: Part, task: str, field: str) -> Iterator[Finding]:
    """The named answer must be asked for by the task's form."""
    key = part.rules.start_form if _asks_start_form(part, task) else part.nodes[task].node.form_key
    form = draft.forms.get(key or "")
    known = {path for path, _ in form.walk() if path} if form else set()
    if form and field not in known:
        yield part.find("answer_unknown", "error", task, Message(
            "process.toml speaks of the answer “{field}”, which its form does not ask for.", {"field": field}),
            file=RULES, hint=nearest(field, known))


def _apart(part: Part) -> Iterator[Finding]:
    """Duties kept apart need different hands: one role alone gives them only where it has two people."""
    for apart in part.rules.apart:
        drawn = [part.nodes[task].node for task in apart.tasks if task in part.nodes]
        for node in drawn:
            if node.kind != "userTask":
                yield part.find("apart_misplaced", "error", node.id, Message(
                    "Only what people do can be kept apart; this is no user task."), file=RULES)
        roles = {role for node in drawn for role in node.candidate_groups}
        if len(drawn) > 1 and len(roles) == 1:
            yield part.find("apart_same_role", "warning", drawn[0].id, Message(
                "All the duties kept apart here lie with {role}: a desk with one person would come to a standstill.",
                {"role": next(iter(roles))}), file=RULES)


def _start(draft: Draft, part: Part) -> Iterator[Finding]:
    rules = part.rules
    if rules.start_form and f"{rules.start_form}.form" not in draft.files:
        yield part.find("form_unknown", "error", "", Message("There is no form {key}.", {"key": rules.start_form}),
                        file=RULES, hint=nearest(rules.start_form, draft.forms))
    if rules.start_form and not rules.start_roles:
        yield part.find("role_missing", "error", "", Message("Nobody is named who may take the application in."), file=RULES)
    yield from _roles(part, rules.start_roles)
    yield from _roles(part, rules.sight.open_to)
    yield from _intake(draft, part)


INTAKE = {"subject": ("string",), "division": ("string", "null"), "people": ("list", "context"), "near_relative": ("boolean",),
          "relative_name": ("string", "null"), "relative_relation": ("string", "null")}


def _intake(draft: Draft, part: Part) -> Iterator[Finding]:
    """Whom and what a matter is about is read from the start form's answers, and must be said."""
    form, words = draft.forms.get(part.rules.start_form or ""), part.rules.intake
    if form is None:
        return
    if words is None:
        yield part.find("intake_missing", "error", "", Message(
            "process.toml does not say in [intake] whom and what an application is about."), file=RULES)
        return
    for name, kinds in INTAKE.items():
        found = read(getattr(words, name), {APPLICATION: shapes.of_form(form)})
        sentences = [(one.code, one.sentence, one.hint) for one in found.complaints]
        if not sentences and found.kind.known and found.kind.kind not in kinds:
            sentences = [("result_wrong", Message("It gives {kind}, which has no use here.", {"kind": found.kind.say()}), None)]
        for code, sentence, hint in sentences:
            yield part.find(code, "error", "", Message("In its {what}: {complaint}", {
                "what": Term(f"[intake] {name}", f"[intake] {name}"), "complaint": sentence}), file=RULES, hint=hint)


def _figures(draft: Draft) -> Iterator[Finding]:
    """The large numbers of a case, and what freezes it, are read from its facts."""
    rules = draft.main.rules
    told = [*((figure.value, Term(f"[[figure]] {figure.name}", f"[[figure]] {figure.en}")) for figure in rules.figures),
            *((freeze.while_, Term("[[freeze]]")) for freeze in rules.freezes)]
    for source, where in told:
        for one in read(source, facts.of(draft).around).complaints:
            yield draft.main.find(one.code, "error", "", Message("In its {what}: {complaint}", {
                "what": where, "complaint": one.sentence}), file=RULES, hint=one.hint)


def _roles(part: Part, roles: Iterable[str]) -> Iterator[Finding]:
    for role in roles:
        if role not in set(Role):
            yield part.find("role_unknown", "error", "", Message("There is no role {role}.", {"role": role}),
                            file=RULES, hint=nearest(role, Role))


def _operations(draft: Draft, part: Part) -> Iterator[Finding]:
    """Who may end a case; and what may be skipped, which is never what the law ties an end to."""
    yield from _roles(part, part.rules.operations.terminate)
    bound = {notice.element for notice in part.rules.notices}
    bound |= {drawn.node.id for _, drawn in draft.elements() if part.rules.notices and drawn.node.topic in house().showing}
    bound |= {answer.partition(".")[0] for end in part.rules.ends.values() for answer in end.reason}
    bound |= {guard.task for guard in part.rules.guards}
    for element in part.rules.operations.skip:
        if element in bound:
            yield part.find("skip_forbidden", "error", element, Message(
                "It may not be skipped: a notice, a reason or a guard of the rules stands here."), file=RULES)
