"""Each element for itself: forms, roles, lanes, effects, jobs and camunda properties."""

from collections.abc import Iterator

from bpmn.message import Message
from workflows.engine.written import reading
from workflows.office.jurisdiction import ROLE_UNIT_KIND
from workflows.office.tables import Role
from workflows.releases.checks import properties
from workflows.releases.draft import Draft, Drawn, Part
from workflows.releases.house import Effect, house
from workflows.releases.report import Finding, nearest

MACHINES = ("serviceTask", "sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent")
OFFERED = "offered_to"     # FEEL: which of its candidate groups the work is offered to
ON_CANCEL = "on_cancel"     # the effect run when an operation undoes what the element did
HEARING = frozenset({"into", "catch_up"})      # where what a message says is kept; how a late timer catches up
OF_A_KIND = {"userTask": frozenset({"fact", "effect", OFFERED}), "receiveTask": HEARING, "intermediateCatchEvent": HEARING,
             "boundaryEvent": HEARING, "startEvent": HEARING}


def check(draft: Draft) -> Iterator[Finding]:
    """Every element of every part."""
    for part, drawn in draft.elements():
        if drawn.node.kind == "userTask":
            yield from _form(draft, part, drawn)
            yield from _roles(part, drawn)
            yield from _lane(part, drawn)
        if drawn.node.kind in MACHINES:
            yield from _topic(part, drawn)
        yield from _properties(part, drawn)
    yield from _unused_forms(draft)


def _form(draft: Draft, part: Part, drawn: Drawn) -> Iterator[Finding]:
    key = drawn.node.form_key
    if key is None:
        yield part.find("form_missing", "error", drawn.node.id, Message("This task has no form to fill in."))
    elif f"{key}.form" not in draft.files:
        known = [name.removesuffix(".form") for name in draft.files if name.endswith(".form")]
        yield part.find("form_unknown", "error", drawn.node.id, Message("There is no form {key}.", {"key": key}),
                        hint=nearest(key, known))


def _unused_forms(draft: Draft) -> Iterator[Finding]:
    """A form that no task asks for; where a task names none that is there, it may be the one that was meant."""
    if any(f"{key}.form" not in draft.files for key in draft.asked_forms):
        return
    for key in sorted(draft.forms.keys() - draft.asked_forms):
        folder = key.split("/")[0]
        if folder in draft.parts and not _opened_elsewhere(key):
            yield Finding("form_unused", "warning", f"{key}.form", "", draft.forms[key].title,
                          Message("No task of the process uses this form."))


def _opened_elsewhere(key: str) -> bool:
    """Pages of the house open a few forms themselves."""
    return key in house().forms


def _roles(part: Part, drawn: Drawn) -> Iterator[Finding]:
    groups = drawn.node.candidate_groups
    if not groups:
        yield part.find("role_missing", "error", drawn.node.id, Message(
            "Nobody is named to do this task: it needs candidate groups."))
    for role in groups:
        if role not in set(Role):
            yield part.find("role_unknown", "error", drawn.node.id, Message("There is no role {role}.", {"role": role}),
                            hint=nearest(role, Role))
        elif role not in ROLE_UNIT_KIND:
            yield part.find("role_unknown", "error", drawn.node.id, Message("The role {role} has no desk.", {"role": role}))


def _lane(part: Part, drawn: Drawn) -> Iterator[Finding]:
    lane = next((lane for lane in part.xml.iter(f"{reading.BPMN}lane") for member in lane.iter(f"{reading.BPMN}flowNodeRef")
                 if reading.text_of(member) == drawn.node.id), None)
    groups = drawn.node.candidate_groups
    if lane is not None and lane.get("id") in set(Role) and lane.get("id") not in groups and {*groups} <= {*Role} and groups:
        yield part.find("lane_differs", "warning", drawn.node.id, Message(
            "It is drawn in the lane of {lane}, but lies with {roles}.",
            {"lane": lane.get("id"), "roles": ", ".join(groups)}))


def _topic(part: Part, drawn: Drawn) -> Iterator[Finding]:
    node, known = drawn.node, house()
    if node.topic is None:
        if node.kind == "serviceTask" or reading.camunda(drawn.xml, "type") == "external":
            yield part.find("topic_missing", "error", node.id, Message("It does not say what the machine shall do: it needs a topic."))
    elif node.topic in known.effects:
        yield from _needs(part, drawn, known.effects[node.topic])
    elif node.topic not in known.jobs:
        yield part.find("topic_unknown", "error", node.id, Message(
            "Nothing in the house does “{topic}”.", {"topic": node.topic}), hint=nearest(node.topic, [*known.effects, *known.jobs]))


def _properties(part: Part, drawn: Drawn) -> Iterator[Finding]:
    node, known = drawn.node, house()
    hook = node.properties.get(ON_CANCEL)
    if hook and hook not in known.effects:
        yield part.find("effect_unknown", "error", node.id, Message("There is no effect {effect}.", {"effect": hook}),
                        hint=nearest(hook, known.effects))
    asked = node.properties.get("effect") if node.kind == "userTask" else node.topic
    effect = known.effects.get(asked or "")
    if node.kind == "userTask" and asked and effect is None:
        yield part.find("effect_unknown", "error", node.id, Message("There is no effect {effect}.", {"effect": asked}),
                        hint=nearest(asked, known.effects))
    elif node.kind == "userTask" and effect:
        yield from _needs(part, drawn, effect)
    if asked and effect is None:
        return      # all of them are the job's, or nobody knows whose
    allowed = {ON_CANCEL} | OF_A_KIND.get(node.kind, frozenset()) | (effect.properties.keys() | effect.may.keys() if effect else frozenset())
    for name in node.properties.keys() - allowed:
        yield part.find("property_unknown", "warning", node.id, Message(
            "Nothing reads its property “{name}”.", {"name": name}), hint=nearest(name, allowed))


def _needs(part: Part, drawn: Drawn, effect: Effect) -> Iterator[Finding]:
    for name in effect.properties.keys() - drawn.node.properties.keys():
        yield part.find("property_missing", "error", drawn.node.id, Message(
            "What it asks for needs the property “{name}”.", {"name": name}))
    for name, kind in (*effect.properties.items(), *effect.may.items()):
        if name in drawn.node.properties:
            yield from properties.wrong(part, drawn.node, name, kind)
