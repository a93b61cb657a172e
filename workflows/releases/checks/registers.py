"""Registers: what the elements ask of them against what they hold, and what they say of themselves."""

from collections.abc import Iterable, Iterator

from bpmn import register_files
from bpmn.feel.static import ANY, Kind, ListOf, Record, Simple, are, read
from bpmn.message import Message, Term
from bpmn.register_files import Register
from workflows.office.tables import Role
from workflows.releases import facts as known
from workflows.releases import formulas
from workflows.releases.draft import FLOW, RULES, Draft, Drawn, Part
from workflows.releases.facts import Facts
from workflows.releases.house import Effect, house
from workflows.releases.report import Finding, nearest

ENTRY_FORMULA = Term("登记簿", "register")


def check(draft: Draft) -> Iterator[Finding]:
    """Every element that names a register, and every register named."""
    facts = known.of(draft)
    for part, drawn in draft.elements():
        effect = house().effects.get(formulas.effect_of(drawn), Effect())
        for which, kind in effect.properties.items():
            if kind == "register" and (name := drawn.node.properties.get(which)):
                yield from _element(facts, part, drawn, effect, name)
    for part in draft.parts.values():
        for guard in part.rules.guards:
            for look_up in guard.asks.values():
                yield from _named(draft, part, guard.task, look_up.register_, look_up.by, RULES)
    for file, name, register in register_files.gather({file: draft.files[file] for file in draft.files
                                                       if register_files.is_one(file)}) if draft.registers else ():
        yield from _declared(file, name, register)


def _element(facts: Facts, part: Part, drawn: Drawn, effect: Effect, name: str) -> Iterator[Finding]:
    yield from _named(facts.draft, part, drawn.node.id, name, drawn.node.properties.get("by", ""), FLOW)
    register = facts.draft.registers.get(name)
    for which, kind in (*effect.properties.items(), *effect.may.items()):
        said = drawn.node.properties.get(which, "")
        if kind == "entry_data" and said and register:
            given = read(formulas.bare(said), facts.seen_at(part, drawn.node.id)).kind
            yield from _data(part, drawn, register, given, whole=formulas.effect_of(drawn) == "enter_register")


def _named(draft: Draft, part: Part, element: str, name: str, key: str, file: str) -> Iterator[Finding]:
    """The register must be declared, and be looked up by that key."""
    register = draft.registers.get(name)
    if register is None:
        yield part.find("register_unknown", "error", element, Message("There is no register {name}.", {"name": name}),
                        file=file, hint=nearest(name, draft.registers))
    elif key and key not in (keys := [known.kind for known in (*register.keys, *register.dues)]):
        yield part.find("register_key_unknown", "error", element, Message(
            "The register “{register}” is not looked up by {key}.", {"register": Term(register.name, register.en), "key": key}),
            file=file, hint=nearest(key, keys))


def _data(part: Part, drawn: Drawn, register: Register, given: Kind, *, whole: bool) -> Iterator[Finding]:
    """What is entered must be fields of the register, each of its kind; a new entry has all it must have."""
    if not isinstance(given, Record):
        return
    fields, where = {field.key: field for field in register.fields}, Term(register.name, register.en)
    for key, kind in given.entries.items():
        if key not in fields:
            yield part.find("register_field_unknown", "error", drawn.node.id, Message(
                "The register “{register}” does not hold {field}.", {"register": where, "field": key}), hint=nearest(key, fields))
        elif not _fits(kind, fields[key].feel_kind):
            yield part.find("register_field_kind", "error", drawn.node.id, Message(
                "“{field}” of the register “{register}” can't be {kind}.", {"field": fields[key].title, "register": where, "kind": kind.say()}))
    counted = register.numbered.field if register.numbered else ""
    for missing in [field for field in register.fields
                    if whole and field.required and field.key not in (*given.entries, counted) and not given.open]:
        yield part.find("register_field_missing", "error", drawn.node.id, Message(
            "A new entry of “{register}” needs “{field}”.", {"register": where, "field": missing.title}))


def _fits(given: Kind, wanted: Kind) -> bool:
    """Days come as text from forms; rows may leave columns out."""
    if isinstance(wanted, ListOf) and isinstance(given, ListOf):
        return _fits(given.item, wanted.item)
    if isinstance(wanted, Record) and isinstance(given, Record):
        return all(key in wanted.entries and _fits(kind, wanted.entries[key]) for key, kind in given.entries.items())
    words = (wanted.kind, "string", "date and time") if wanted == Simple("date") else (wanted.kind,)
    return given == ANY or not given.known or are(given, *words)


def _declared(file: str, name: str, register: Register) -> Iterator[Finding]:
    """Its expressions read of what an entry has, and its readers are roles of the house."""
    seen = {formulas.ENTRY: register.feel_kind}
    title = Term(register.name, register.en)
    asked: Iterable[tuple[str, str]] = [("title", register.title), ("since", register.since), *(("rule", rule.refuse_when) for rule in register.rules),
                                        *((key.kind, key.of) for key in (*register.keys, *register.dues))]
    for which, source in asked:
        for complaint in read(formulas.bare(source), seen).complaints:
            yield Finding(complaint.code, "error", file, f"{name}.{which}", title, Message(
                "In its {what}: {complaint}", {"what": ENTRY_FORMULA, "complaint": complaint.sentence}), complaint.hint)
    for role in (*register.readers, *register.importers):
        if role not in set(Role):
            yield Finding("role_unknown", "error", file, name, title, Message("There is no role {role}.", {"role": role}),
                          nearest(role, Role))
