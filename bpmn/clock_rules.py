"""`[[clock]]` of a process.toml: what starts a limit, how long it is, when it stands still, who may lengthen it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bpmn.message import Term
from bpmn.strict import Strict

Unit = Literal["WD", "CD", "M", "Y", "H", "DATE"]
ANSWER = r"^\w+\.\w+$"
NOTICE_DAYS = ("notice.posted_on", "notice.ends_on")   # days of the newest public notice, told like an answer


class Span(Strict):
    """From one event to another: elements of the drawing, and answers that tell the day of the act itself.

    An answer is `element.key`, or a day of the public notice; an element's answers are found under its property `fact`, else under its id.
    `fact.key` tells a day that the drawing has worked out.
    """

    starts_with: tuple[str, ...] = Field(description="elements whose completion (or entry, by `starts_on`) starts it")
    starts_on: Literal["completed", "entered"] = "completed"
    started_on: str | None = Field(default=None, pattern=ANSWER, description="answer that tells the day, or for H the moment, "
                                   "it counts from; left out: that of the filing")
    ends_with: tuple[str, ...] = ()
    ended_on: str | None = Field(default=None, pattern=ANSWER, description="answer that tells the day of the act ending it")


class PauseRule(Span):
    """Why a limit stands still: from the day after the first event to the day of the last; such days are not used."""

    id: str
    reason: str
    en: str
    source: str
    paper: str = Field(default="", description="kind of paper by which the applicant was told")
    switch: str = Field(default="", description="rate code that switches it on: true, or a list with `code` in it")
    code: str = Field(default="", description="the switch's entry for this pause")


class ClockRule(Span):
    """A statutory limit: which events start and end it, on whose desks it presses, and the law."""

    kind: str
    name: str
    en: str
    limit: str = Field(description="rate code of the length in `unit`; for DATE of the day, `05-31`")
    unit: Unit = Field(default="WD", description="working days, calendar days, months, years, hours from a moment, or a "
                                                "fixed day of the year")
    unit_by: str = Field(default="", description="rate code of the unit, where the place may choose it")
    year_in: str | None = Field(default=None, pattern=ANSWER, description="DATE: answer with the year; left out: the start's")
    minimum: bool = Field(default=False, description="not before instead of until: nothing lapses with it")
    rolls: bool | str | None = Field(default=None, description="whether a last day that is a day off moves to the next working "
                                     "day, or the rate code that says so; left out: CD, M and Y that are no minimum do")
    when: str = Field(default="", description="FEEL over the case: only then it runs")
    binds: Literal["bureau", "applicant"] = Field(default="bureau", description="whose time it is: done again after a "
                                                  "return, the bureau's runs on from its first day, the applicant's anew")
    presses: tuple[str, ...] = Field(default=(), description="elements whose work it gives a due day; `*` is all")
    extended: str | None = Field(default=None, description="rate code of the whole length once extended")
    extended_by: str | None = Field(default=None, description="rate code of what an extension adds")
    extension_role: str = Field(default="COUNTY_LEAD", description="who signs an extension")
    extension_reasons: tuple[str, ...] = ()
    extension_times: int = Field(default=1, ge=1)
    pauses: tuple[PauseRule, ...] = Field(default=(), alias="pause")
    source: str

    @property
    def title(self) -> Term:
        """Its name in both languages."""
        return Term(self.name, self.en)

    @property
    def may_extend(self) -> bool:
        """Whether the law knows an extension."""
        return bool(self.extended or self.extended_by)

    @property
    def codes(self) -> tuple[str, ...]:
        """The rates it reads."""
        rolls = self.rolls if isinstance(self.rolls, str) else ""
        named = (self.limit, self.unit_by, self.extended, self.extended_by, rolls, *(pause.switch for pause in self.pauses))
        return tuple(code for code in named if code)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        """Hours and fixed days don't stand still; what is no deadline presses on nobody and can't be extended."""
        if self.pauses and self.unit in {"H", "DATE"}:
            raise ValueError(f"{self.kind}: hours and fixed days know no pauses")
        if self.minimum and (self.presses or self.may_extend):
            raise ValueError(f"{self.kind}: a minimum presses on nobody and is not extended")
        if (self.extended and self.extended_by) or (self.may_extend and not self.extension_reasons):
            raise ValueError(f"{self.kind}: an extension is the whole length or what it adds, and needs its reasons")
        if self.extended and self.extension_times > 1:
            raise ValueError(f"{self.kind}: a whole length can be reached once only")
        if len({pause.id for pause in self.pauses}) < len(self.pauses):
            raise ValueError(f"{self.kind}: two pauses bear one id")
        return self
