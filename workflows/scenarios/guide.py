"""What a scenario of one process may name: its steps with their fields and codes, its limits, papers and ends."""

from collections.abc import Iterable, Iterator

from bpmn.message import Message, Term
from forms.schema import Checkbox, Choosing, Component, Container, Datetime, DynamicList, Expression, FilePicker, Form, Input, Number
from workflows import messages
from workflows.releases import checking
from workflows.releases.draft import Reader

TYPES = ((Checkbox, Message("true or false")), (FilePicker, Message("files")), (Number, Message("number")), (DynamicList, Message("rows")))
DAY, MOMENT, TEXT = Message("day, 2024-03-04"), Message("moment, \"2024-03-04T10:00\""), Message("text")


def of(process: str, language: str) -> str:
    """A page for one process, made from the files that run."""
    draft = Reader(process, checking.collect(process)).read()
    rules = draft.main.rules
    lines = [f"{process}  {rules.title if language == messages.CHINESE else rules.en}", ""]
    if rules.start_form:
        lines += [f"apply  {', '.join(rules.start_roles)}", *_fields(draft.forms[rules.start_form], language)]
    for part, drawn in draft.elements():
        if drawn.node.kind == "userTask":
            name = part.name_of(drawn.node.id).say(language)
            lines += [f"{drawn.node.id}  {name}  {', '.join(drawn.node.candidate_groups)}"]
            form = draft.forms.get(drawn.node.form_key or "")
            lines += _fields(form, language) if form else []
    limits = [(clock.kind, Term(*(f"{name}  {' / '.join(clock.extension_reasons)}".rstrip() for name in (clock.name, clock.en))))
              for clock in rules.clocks]
    papers = [(kind, Term(told.paper.name, told.paper.english)) for kind, told in sorted(draft.papers.items())]
    ends = [(name, Term(end.name, end.en)) for name, end in rules.ends.items()]
    for heading, named in ((Message("Limits"), limits), (Message("Kinds of paper"), papers), (Message("Ends"), ends)):
        lines += _named(heading, named, language)
    return "\n".join(lines) + "\n"


def _named(heading: Message, named: Iterable[tuple[str, Term]], language: str) -> Iterator[str]:
    yield from ("", messages.say(heading, language))
    yield from (f"  {name}  {term.say(language)}" for name, term in named)


def _fields(form: Form, language: str) -> Iterator[str]:
    """A line for each answer: its key, what it asks, of what kind, and the codes it may have."""
    for path, component in form.walk():
        if not path or isinstance(component, Expression) or (isinstance(component, Container) and not isinstance(component, DynamicList)):
            continue
        needed = " *" if isinstance(component, Input) and component.required else ""
        yield f"  {path}{needed}  {component.title.say(language)}: {_kind(component, language)}"


def _kind(component: Component, language: str) -> str:
    if isinstance(component, Choosing):
        codes = (f"{code} {term.say(language)}" for code, term in component.choices.items())
        return ", ".join(codes) or component.source or str(component.computed)
    if isinstance(component, Datetime):
        return messages.say(MOMENT if component.subtype == "datetime" else DAY, language)
    return messages.say(next((said for kind, said in TYPES if isinstance(component, kind)), TEXT), language)
