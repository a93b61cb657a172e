"""What a process folder may say beside its drawing: `process.toml`."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bpmn import feel, sentences
from bpmn.clock_rules import ClockRule
from bpmn.feel import FeelError
from bpmn.feel.sayings import said
from bpmn.feel.static import of_type
from bpmn.message import Message
from bpmn.strict import Strict
from bpmn.unreadable import Unfit


def _feel_type(text: str) -> str:
    try:
        of_type(text)
    except FeelError as error:
        raise Unfit(said(error)) from error
    return text


def _feel(text: str) -> str:
    try:
        feel.compile(text)
    except FeelError as error:
        raise ValueError(str(error)) from error
    return text


FeelType = Annotated[str, AfterValidator(_feel_type)]
Feel = Annotated[str, AfterValidator(_feel)]


def _sentence(text: str) -> str:
    for formula in sentences.formulas(text):
        _feel(formula)      # what it names is checked with the facts there are (workflows/releases/formulas.py)
    return text


Sentence = Annotated[str, AfterValidator(_sentence)]


class Stage(Strict):
    """One dot of the stepper: a few elements under one word."""

    id: str
    name: str
    en: str
    nodes: tuple[str, ...]


class Apart(Strict):
    """Elements of one case that no two may be done by the same person."""

    tasks: tuple[str, ...]
    source: str


class LookUp(Strict):
    """Entries of a register that a rule asks for: found `by` a key's `value`, both FEEL as at the rule; `where` over `entry`."""

    register_: str = Field(alias="register")
    by: str = ""
    value: str = ""
    where: str = ""
    former: bool = Field(default=False, description="also those that hold no more")


class Guard(Strict):
    """A rule of law that refuses a completion, in FEEL over the case's facts, the new answers and what it asks of registers."""

    task: str
    asks: dict[str, LookUp] = Field(default_factory=dict, description="name in `refuse_when` -> entries of a register")
    refuse_when: str
    field: str = Field(default="", description="answer the message stands beside")
    says: Sentence = Field(description="why it is refused; what it names stands in braces: {rules.members.persons}")
    en: Sentence
    source: str


class Freeze(Strict):
    """While this holds of a case's facts, nobody does any of its work but that at these elements."""

    while_: Feel = Field(alias="while")
    but: tuple[str, ...] = Field(default=(), description="elements that go on, so that it can be settled")
    says: str
    en: str
    source: str


class Operations(Strict):
    """What officers may do to a running case out of its drawn way.

    Who may is the house's to say (`office/permissions.py`): sending back is also for whoever holds the work, taking back
    only for whoever did the step. A process switches an operation off, or narrows it: to roles, or to elements.
    """

    send_back: bool = Field(default=True, description="whoever holds the work, or the county's lead, may return it")
    take_back: bool = Field(default=True, description="one's own last step, while nobody has touched what followed")
    suspend: bool = Field(default=True, description="a township's or the county's lead may let a case stand still, and "
                                                   "resume it; no statutory limit stops")
    terminate: tuple[str, ...] = Field(default=(), description="roles, of TOWN_LEAD and COUNTY_LEAD, that may end a case; "
                                                              "nobody when left out")
    skip: tuple[str, ...] = Field(default=(), description="elements that a lead may leave undone; none when left out")


class ReturnLimit(Strict):
    """How often some elements may return a case, by the outcome `return` or by the operation 退回."""

    elements: tuple[str, ...]
    times: int
    says: str
    en: str
    source: str


class NoticeRule(Strict):
    """What the public must have been shown before a matter may end so."""

    element: str
    before: tuple[str, ...] = Field(min_length=1)
    when: str = Field(default="", pattern=r"^(rules\.[\w.]+)?$", description="only where this setting is on: `rules.notice_required`")
    but: tuple[str, ...] = Field(default=(), description="flows of the drawing that only a matter takes which needs no notice")
    until: str = Field(default="", description="the effect that ends the posting, where the element must come as far as that")
    source: str


class Needed(Strict):
    """Something an applicant brings along."""

    name: str
    en: str


class Figure(Strict):
    """A number that an officer asks for first, shown large: FEEL over the case's facts; nothing where they don't give it."""

    name: str
    en: str
    value: Feel
    unit: str = Field(default="", description="`fen` is shown as yuan; else a word of its own")
    unit_en: str = ""
    main: bool = False


class Intake(Strict):
    """Of what and of whom a matter is: FEEL over the start form's answers, `application`."""

    needs: tuple[Needed, ...] = Field(default=(), description="materials to bring, as the counter tells them")

    subject: Feel = Field(description="whose it is, or what it is about; 不详 where that gives nothing")
    division: Feel = Field(default="null", description="the ground it belongs to; null: that of the unit which takes it in")
    people: Feel = Field(default="[]", description="contexts of `name` and `id_number` (an organisation's unified code too): whom "
                                                   "the case concerns, for look-up, recusal and duplicates")
    one_at_a_time: bool = Field(default=False, description="nobody of the people may have two of this matter")
    once: Feel = Field(default="null", description="with `one_at_a_time`: those of the people whom it binds; null: all of them")
    excludes: tuple[str, ...] = Field(default=(), description="other matters: who has one of them may not have this one")
    whole: bool = Field(default=False, description="who was once declared may not be left out later")
    near_relative: Feel = Field(default="false", description="whether an officer's near relative is declared")
    relative_name: Feel = "null"
    relative_relation: Feel = "null"
    supplement_paper: str = Field(default="", description="the paper that tells the gaps: `case.supplements` counts it")


class SightRule(Strict):
    """What of a case is about people's means or health and not for every desk, and whether the case is a secret."""

    facts: tuple[str, ...] = Field(default=(), description="facts about nothing else")
    answers: tuple[str, ...] = Field(default=(), description="answers about it, in whatever fact")
    secret: bool = Field(default=False, description="only who has work in it, or a role of `open_to` on its ground, finds it")
    open_to: tuple[str, ...] = ()


class Recompute(Strict):
    """How a new standard changes what a household receives: by a decision table over what a register knows of it.

    Its FEEL sees `entry` (null where the register has none), `given` (what is received now: base_fen, supplement_fen, people,
    category), and the rules `before` and `after`.
    """

    register_: str = Field(alias="register")
    by: str = Field(description="the register's field, and its key, with the household's number")
    only: Feel = Field(default="true", description="whether the amount hangs on the standard")
    table: str = Field(description="file of the process with the decision table")
    decision: str = Field(description="the decision that gives `amount_fen` and `supplement_fen`")
    facts: Feel = Field(description="the facts it is asked with, beside `rules`; null: the register does not know enough")
    unknown: Feel = Field(description="the two amounts where the register does not know enough")


class TakenOver(Strict):
    """What a register has to know of a household that received this before these books began.

    Its FEEL sees `home` (number, category, members with their ages), `granted` (decision_no, decided_on, from_month, base_fen,
    supplement_fen, people; income_fen a month and review_due_on, where the workbook says them), `rules` and `today`.
    """

    register_: str = Field(alias="register")
    by: str = Field(description="kind of the register's key that holds the household's number")
    data: Feel


class Payment(Strict):
    """What the matter grants is paid by the month: its name on rosters and bank files, its money, its budget codes."""

    name: str = Field(default="", description="left out: `short`")
    en: str = ""
    fund_source: str = Field(default="01", description="the money a grant draws first: 01 central, 03 provincial, 05 county")
    budget: dict[str, str] = Field(default_factory=dict, description="category of the household -> budget code; `any` for all")
    source: str = Field(default="", description="the document that names money and codes")
    sure: Literal["read", "high", "medium", "low", "local", "product"] = Field(default="local", description="how sure that is")
    recompute: Recompute | None = None
    taken_over: TakenOver | None = Field(default=None, description="left out: nothing is kept of households that are imported")


class TimedStart(Strict):
    """For whom a drawn start timer opens cases: nobody applies, so the ground must be said."""

    for_each: Literal["county", "township", "village", "entry"] = Field(description="one case each, of every one in the office's "
                                                                        "list, or for every entry that `of` finds")
    of: LookUp | None = Field(default=None, description="with `entry`: which entries; its FEEL sees `timer.due_at` and `rules`")
    facts: Feel = Field(default="{}", description="FEEL over `entry`: the facts its case is opened with")
    subject: Feel = Field(default="entry.title", description="FEEL over `entry`: whom or what the case is about")
    household: Feel = Field(default="null", description="FEEL over `entry`: number of the household it is about; one that is in a "
                                                        "running case of the process is passed over")

    @model_validator(mode="after")
    def _names_its_entries(self) -> Self:
        """Refuse entries of no register, and a register where nobody asks for entries."""
        if (self.for_each == "entry") != bool(self.of):
            raise Unfit(Message("for_each = \"entry\" and the register that [timer.of] names go together."))
        return self


class End(Strict):
    """What an end event means to people."""

    name: str
    en: str
    kind: Literal["granted", "refused", "closed"]
    reason: tuple[str, ...] = Field(default=(), description="answers, `element.key`, that give the reason for ending so")


class Word(Strict):
    """What a computed value, a decision or a column of its table is called; its unit; its codes in words."""

    zh: str = Field(default="", description="left out where the table itself says it")
    en: str = ""
    unit: Literal["", "fen", "none"] = Field(default="", description="`fen` is shown as yuan, `none` never is")
    values: dict[str, tuple[str, str]] = Field(default_factory=dict, description="code -> Chinese and English")


class Process(Strict):
    """A process folder's own words."""

    title: str
    en: str
    short: str
    number_prefix: str
    law: tuple[str, ...]
    start_form: str | None = None
    start_roles: tuple[str, ...] = ()
    intake: Intake | None = Field(default=None, description="needed where there is a start form")
    sight: SightRule = SightRule()
    payment: Payment | None = None
    callable_only: bool = Field(default=False, description="a shared part, called from others, never started alone")
    borrows: tuple[str, ...] = Field(default=(), description="files of other processes that it reads as its own: decision tables, "
                                                              "`dibao/means.dmn`, and rates, `dibao/rates.toml`")
    given: dict[str, FeelType] = Field(default_factory=dict, description="fact a case is opened with -> its FEEL type")
    stages: tuple[Stage, ...] = Field(default=(), alias="stage")
    clocks: tuple[ClockRule, ...] = Field(default=(), alias="clock")
    apart: tuple[Apart, ...] = ()
    guards: tuple[Guard, ...] = Field(default=(), alias="guard")
    freezes: tuple[Freeze, ...] = Field(default=(), alias="freeze")
    operations: Operations = Operations()
    return_limits: tuple[ReturnLimit, ...] = Field(default=(), alias="return_limit")
    notices: tuple[NoticeRule, ...] = Field(default=(), alias="notice")
    ends: dict[str, End] = Field(default_factory=dict, alias="end")
    timer: TimedStart | None = Field(default=None, description="needed where the drawing begins by a timer")
    correlations: tuple[str, ...] = Field(default=(), description="facts by which messages find a case: `receipt.number`")
    names_en: dict[str, str] = Field(default_factory=dict, description="element id -> English name")
    figures: tuple[Figure, ...] = Field(default=(), alias="figure")
    words: dict[str, Word] = Field(default_factory=dict, description="name, or `decision.name`, in grounds of decisions")

    @property
    def lenders(self) -> tuple[str, ...]:
        """The processes whose rates it reads besides its own."""
        return tuple(name.removesuffix("/rates.toml") for name in self.borrows if name.endswith("/rates.toml"))

    def stage_of(self, node: str) -> Stage | None:
        """The stage an element belongs to."""
        return next((stage for stage in self.stages if node in stage.nodes), None)
