"""How templates say money, days and moments."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from bpmn import laws
from bpmn.message import Message, Term
from forms import checks
from workflows.cases.tables import Document
from workflows.messages import CHINESE, say
from workflows.office.clock_jumps import off
from workflows.office.tables import ClockJump
from workflows.records.types import CHINA

_WEEKDAYS = {True: "一二三四五六日", False: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}

ROLES = {
    "WINDOW_CLERK": Message("Window clerk"), "VILLAGE": Message("Village committee"), "TOWN_CLERK": Message("Township clerk"),
    "TOWN_LEAD": Message("Township lead"), "CHECK_ORG": Message("Checking office"), "COUNTY_CLERK": Message("County clerk"),
    "COUNTY_LEAD": Message("County lead"), "COUNTY_FINANCE": Message("County finance section"), "THIRD_PARTY": Message("Third party"),
    "SUPERVISING_UNIT": Message("Supervising unit"), "REG_AUTH": Message("Registration authority"), "FINANCE": Message("Finance bureau"),
    "AUDITOR": Message("Auditor"), "DESIGNER": Message("Designer"), "ADMIN": Message("Administrator"),
}
JUMPS = {
    "forward": Message("The clock has jumped forward by {by}."),
    "back": Message("The clock stands back by {by}."),
    "away": Message("Between two starts {by} have passed, more than is believed."),
    "database": Message("The clock differs from the database server's by {by}."),
}


UNITS = ((86400, "天", "day"), (3600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second"))


def duration(seconds: int) -> Term:
    """A length of time in its two largest units: 2 天 1 小时."""
    parts, rest = [], seconds
    for size, zh, en in UNITS:
        number, rest = divmod(rest, size)
        if number:
            parts.append((f"{number} {zh}", f"{number} {en}{'s' if number > 1 else ''}"))
    zh_parts, en_parts = zip(*(parts[:2] or [("0 秒", "0 seconds")]), strict=True)
    return Term(" ".join(zh_parts), " ".join(en_parts))


class Words:
    """The filters of one language."""

    def __init__(self, language: str) -> None:
        """Speak that language."""
        self.language = language
        self.chinese = language == CHINESE

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Every filter by its name in templates."""
        return {"yuan": yuan, "say": self.say, "day": self.day, "full_day": self.full_day, "weekday": self.weekday,
                "moment": moment, "stamp": stamp, "hour": hour, "minute": minute, "iso": iso, "initial": initial,
                "last_day": self.last_day, "today": self.today, "role": self.role, "paper": self.paper,
                "jump": self.jump, "cited": self.cited}

    def say(self, words: Message | Term | str) -> str:
        """A message or term in this language."""
        return say(words, self.language)

    def last_day(self, ends_at: datetime | None) -> str:
        """The day that a deadline at 24:00 still belongs to."""
        return self.day((ends_at - timedelta(seconds=1)).astimezone(CHINA)) if ends_at else "—"

    def role(self, role: str) -> str:
        """A duty."""
        return self.say(ROLES[role]) if role in ROLES else role

    def cited(self, source: str) -> str:
        """The law or document a rule comes from."""
        return source if self.chinese else laws.in_english(source)

    def jump(self, jump: ClockJump) -> str:
        """What was noticed of a clock, and by how much."""
        seconds = round(abs(off(jump)).total_seconds())
        return self.say(Message(JUMPS[jump.kind].text, {"by": duration(seconds)}))

    def paper(self, paper: Document) -> str:
        """What an issued paper is called."""
        return self.say(Term(paper.name, paper.english))

    def weekday(self, day: date) -> str:
        """周二, or Tue."""
        name = _WEEKDAYS[self.chinese][day.weekday()]
        return f"周{name}" if self.chinese else name

    def day(self, day: date | None) -> str:
        """11-24 周二, or 11-24 Tue; a dash for none."""
        return f"{day:%m-%d} {self.weekday(day)}" if day else "—"

    def today(self, day: date) -> str:
        """11 月 24 日 周二, or Tue 24 November."""
        words = f"{day.month} 月 {day.day} 日" if self.chinese else f"{day.day} {day:%B}"
        return f"{words} {self.weekday(day)}" if self.chinese else f"{self.weekday(day)} {words}"

    def full_day(self, day: date | None) -> str:
        """2026年11月24日, or 24 November 2026."""
        if day is None:
            return "—"
        return f"{day.year}年{day.month}月{day.day}日" if self.chinese else f"{day.day} {day:%B %Y}"


def yuan(fen: int | None) -> str:
    """Fen as 1,200.50; a dash for none."""
    return "—" if fen is None else checks.yuan(fen)


def moment(at: datetime | None) -> str:
    """11-18 16:20, in China's time."""
    return f"{at.astimezone(CHINA):%m-%d %H:%M}" if at else "—"


def stamp(at: datetime | None) -> str:
    """2026-11-18 16:20:05, in China's time."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if at else "—"


def hour(at: datetime) -> str:
    """16:20, in China's time."""
    return f"{at.astimezone(CHINA):%H:%M}"


def minute(at: datetime) -> str:
    """What a `datetime-local` input wants."""
    return f"{at.astimezone(CHINA):%Y-%m-%dT%H:%M}"


def iso(at: date | datetime) -> str:
    """What a `time` element's `datetime` wants."""
    return at.isoformat()


def initial(name: str) -> str:
    """The sign in a person's round picture."""
    return name[:1]
