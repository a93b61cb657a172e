"""What a form file may say: the open form-js format, and what we keep in its `properties`."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bpmn.message import Message, Term
from bpmn.unreadable import Unfit
from forms.parts import Choices, Feel, Pattern, Properties, Rule

_KEY = r"^[a-z][a-z0-9_]{0,63}$"
Key = Annotated[str, Field(pattern=_KEY)]


class Part(BaseModel):
    """Any piece of a form file: unknown syntax is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True)


class Layout(Part):
    """Where a component stands: components of one row share a line of 16 columns."""

    row: str = ""
    columns: Annotated[int, Field(ge=1, le=16)] | None = None


class Conditional(Part):
    """When a component is not asked for."""

    hide: Feel | None = None


class Appearance(Part):
    """What stands before and after the input."""

    prefix: str = Field("", alias="prefixAdorner")
    suffix: str = Field("", alias="suffixAdorner")


class Validate(Part):
    """What form-js itself can check."""

    required: bool = False
    min_length: int | None = Field(None, alias="minLength", ge=0)
    max_length: int | None = Field(None, alias="maxLength", ge=1)
    minimum: float | None = Field(None, alias="min")
    maximum: float | None = Field(None, alias="max")
    pattern: Pattern | None = None
    validation_type: Literal["custom"] | None = Field(None, alias="validationType")


class Option(Part):
    """One choice of a list; its English stands in the component's `options_en`."""

    value: str
    label: str


class Component(Part):
    """What every component may say."""

    id: Annotated[str, Field(min_length=1)]
    label: str = ""
    layout: Layout = Layout()
    conditional: Conditional = Conditional()
    description: str = ""
    properties: Properties = Properties()
    key: str = ""

    @property
    def title(self) -> Term:
        """The label in both languages."""
        return Term(self.label, self.properties.label_en)

    @property
    def hint(self) -> Term:
        """The description in both languages."""
        return Term(self.description, self.properties.description_en)

    @property
    def rules(self) -> Sequence[Rule]:
        """The cross-field rules that speak beside this component."""
        return self.properties.rules()


class Input(Component):
    """A component that holds one answer."""

    key: Key
    label: Annotated[str, Field(min_length=1)]
    validate_: Validate = Field(Validate(), alias="validate")
    native_readonly: bool = Field(False, alias="readonly")
    disabled: Literal[False] = False
    default: Any = Field(None, alias="defaultValue")
    appearance: Appearance = Appearance()
    names: ClassVar[frozenset[str]] = frozenset()

    @property
    def readonly(self) -> bool:
        """Shown, never taken from what was submitted."""
        return self.native_readonly or self.properties.readonly

    @property
    def required(self) -> bool:
        """Whether an empty answer is refused."""
        return self.validate_.required

    @property
    def unit(self) -> Term:
        """What stands behind the input: 元, 人, 天."""
        fallback = self.appearance.suffix or ("元" if self.properties.format == "money" else "")
        english = self.properties.unit_en or ("yuan" if self.properties.format == "money" else "")
        return Term(self.properties.unit or fallback, english)

    @model_validator(mode="after")
    def _format_fits(self) -> "Input":
        """Refuse a named format on a component it can't be checked for."""
        wanted = self.properties.format
        if wanted and wanted not in self.names:
            raise Unfit(Message("This format does not fit this type of component: {format}.", {"format": wanted}))
        return self


class TextField(Input):
    """One line of text, possibly of a named format."""

    type: Literal["textfield"]
    names = frozenset({
        "gb11643", "bank_card", "phone", "person_name", "money", "credit_code", "disability_card",
    })


class TextArea(Input):
    """Several lines of text."""

    type: Literal["textarea"]


class Number(Input):
    """A number; `format: money` makes it yuan."""

    type: Literal["number"]
    digits: Annotated[int, Field(ge=0, le=4)] | None = Field(None, alias="decimalDigits")
    increment: float | str | None = None
    serialize_to_string: Literal[False] = Field(False, alias="serializeToString")
    names = frozenset({"money"})


class Datetime(Input):
    """A day, or a day and a time."""

    type: Literal["datetime"]
    label: str = ""
    date_label: Annotated[str, Field(min_length=1)] = Field(alias="dateLabel")
    time_label: str = Field("", alias="timeLabel")
    subtype: Literal["date", "datetime"] = "date"
    time_serializing: Literal["no_timezone"] = Field("no_timezone", alias="timeSerializingFormat")
    time_interval: int = Field(15, alias="timeInterval")
    use24h: bool = True
    disallow_passed: Literal[False] = Field(False, alias="disallowPassedDates")

    @property
    def title(self) -> Term:
        """A form-js date carries its label in `dateLabel`."""
        return Term(self.date_label, self.properties.label_en)


class Checkbox(Input):
    """One statement, true or false; required means that it must be true."""

    type: Literal["checkbox"]


class Choosing(Input):
    """Choices that stand in the file (`values`), come by name (`valuesKey`), or are computed."""

    values: tuple[Option, ...] = ()
    source: str = Field("", alias="valuesKey")
    computed: Feel | None = Field(None, alias="valuesExpression")

    @model_validator(mode="after")
    def _has_one_source(self) -> "Choosing":
        """Refuse a list without choices, or with two origins."""
        if sum((bool(self.values), bool(self.source), self.computed is not None)) != 1:
            raise Unfit(Message("Exactly one of values, valuesKey and valuesExpression is needed."))
        if len({option.value for option in self.values}) != len(self.values):
            raise Unfit(Message("The same value stands there twice."))
        return self

    @property
    def choices(self) -> Choices:
        """The choices of the file, in both languages."""
        return {o.value: Term(o.label, self.properties.options_en.get(o.value, "")) for o in self.values}


class Select(Choosing):
    """One of many, unfolded on demand."""

    type: Literal["select"]
    searchable: bool = False


class Radio(Choosing):
    """One of a few, all in sight."""

    type: Literal["radio"]


class Checklist(Choosing):
    """Any number of a few."""

    type: Literal["checklist"]


class FilePicker(Input):
    """Files; the answer is a list of tokens of staged files."""

    type: Literal["filepicker"]
    multiple: bool = False
    accept: str = ""


class Expression(Component):
    """A value computed from the other answers; never typed."""

    type: Literal["expression"]
    key: Key
    expression: Feel
    compute_on: Literal["change", "presubmit"] = Field("change", alias="computeOn")


class Text(Component):
    """Words between the fields: `#` headings, `-` lists and paragraphs."""

    type: Literal["text"]
    text: Annotated[str, Field(min_length=1, pattern=r"^[^<{]*$")]

    @property
    def words(self) -> Term:
        """The text in both languages."""
        return Term(self.text, self.properties.text_en)


class Separator(Component):
    """A line."""

    type: Literal["separator"]


class Spacer(Component):
    """Some air."""

    type: Literal["spacer"]
    height: float = 20


class Container(Component):
    """A component that holds others."""

    components: tuple["AnyComponent", ...] = ()
    path: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,63})?$")] = ""
    show_outline: bool = Field(True, alias="showOutline")
    vertical_alignment: str = Field("start", alias="verticalAlignment")


class Group(Container):
    """Fields that belong together; with a `path`, their answers stand in a sub-record."""

    type: Literal["group"]


class DynamicList(Container):
    """Rows of the same fields, 添加 and 删除."""

    type: Literal["dynamiclist"]
    path: Key
    is_repeating: Literal[True] = Field(True, alias="isRepeating")
    allow_add_remove: bool = Field(True, alias="allowAddRemove")
    default_rows: Annotated[int, Field(ge=0, le=50)] = Field(1, alias="defaultRepetitions")
    non_collapsed: int | None = Field(None, alias="nonCollapsedItems")
    disable_collapse: bool = Field(False, alias="disableCollapse")

    @property
    def readonly(self) -> bool:
        """Shown, never taken from what was submitted."""
        return self.properties.readonly

    @property
    def limits(self) -> tuple[int, int]:
        """Fewest and most rows."""
        most = 50 if self.properties.max_rows is None else self.properties.max_rows
        return self.properties.min_rows or 0, most

    @property
    def item(self) -> Term:
        """What one row is called: 成员."""
        return Term(self.properties.item or self.label, self.properties.item_en or self.properties.label_en)


AnyComponent = Annotated[
    TextField | TextArea | Number | Datetime | Checkbox | Select | Radio | Checklist | FilePicker
    | Expression | Text | Separator | Spacer | Group | DynamicList,
    Field(discriminator="type"),
]


class FormProperties(Part):
    """What the form says of itself."""

    title: str = ""
    title_en: str = ""
    note: str = ""
    note_en: str = ""


class Form(Part):
    """A `.form` file."""

    type: Literal["default"] = "default"
    id: Annotated[str, Field(min_length=1)]
    schema_version: Annotated[int, Field(ge=1)] = Field(alias="schemaVersion")
    components: tuple[AnyComponent, ...]
    properties: FormProperties = FormProperties()
    version_tag: str = Field("", alias="versionTag")
    exporter: dict[str, str] = {}
    execution_platform: str = Field("", alias="executionPlatform")
    execution_platform_version: str = Field("", alias="executionPlatformVersion")

    @property
    def title(self) -> Term:
        """The form's name in both languages."""
        return Term(self.properties.title, self.properties.title_en)

    @property
    def note(self) -> Term:
        """What stands under the form's name."""
        return Term(self.properties.note, self.properties.note_en)

    def walk(self) -> Iterator[tuple[str, Component]]:
        """Every component with its path; a list's children as `members[].name`."""
        yield from _walk(self.components, "")

    @property
    def conditional(self) -> bool:
        """Whether an answer can make fields come and go, or change what they offer."""
        return any(moves(component) for _, component in self.walk())


def moves(component: Component) -> bool:
    """Whether this component depends on other answers."""
    computed = isinstance(component, Choosing) and component.computed is not None
    return computed or component.conditional.hide is not None or isinstance(component, Expression)


def child_prefix(component: Container, prefix: str) -> str:
    """The path before the children's keys."""
    if not component.path:
        return prefix
    return f"{prefix}{component.path}{'[]' if isinstance(component, DynamicList) else ''}."


def _walk(components: Sequence[Component], prefix: str) -> Iterator[tuple[str, Component]]:
    for component in components:
        own = component.path if isinstance(component, Container) else component.key
        yield prefix + own, component
        if isinstance(component, Container):
            yield from _walk(component.components, child_prefix(component, prefix))
