"""Cron lines as modelers write them: five fields as Unix has them, six as Quartz has them."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cronsim import CronSim, CronSimError

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
LENGTH_MAX = 200
DAY = re.compile(r"(?<![/#\w])(\d+|[A-Z]{3})")
ANY = ("*", "?")


@dataclass(frozen=True)
class Cron:
    """A cron line. Of the days of the month and of the week, six fields may fix one; five fields take either."""

    text: str

    def after(self, moment: datetime) -> datetime | None:
        """The next moment after another; None when there is none within fifty years, or the line is no cron line."""
        line = unix_line(self.text)
        try:
            return None if line is None else next(CronSim(line, moment), None)
        except (CronSimError, AssertionError):
            return None


@lru_cache(maxsize=256)
def unix_line(text: str) -> str | None:
    """A cron line in the words of its library; None when it has the wrong number of fields, or means two things."""
    fields = text.upper().split()
    if len(fields) == 5 and len(text) <= LENGTH_MAX:
        return " ".join(fields)
    if len(fields) != 6 or len(text) > LENGTH_MAX or not _is_clear(fields[3], fields[5]):
        return None
    fields[5] = "6" if fields[5] == "L" else DAY.sub(_renumbered, fields[5])
    return " ".join("*" if field == "?" else field for field in fields)


def _is_clear(day: str, weekday: str) -> bool:
    """Without a question mark nobody knows whether the week's days are counted from 0 or from 1."""
    if "?" in (day, weekday):
        return day in ANY or weekday in ANY
    return weekday == "*" or (day == "*" and not any(letter.isdigit() for letter in weekday))


def _renumbered(day: re.Match[str]) -> str:
    """A day of the week counted from Sunday as 0, or as 7 where a range ends; Quartz counts from 1."""
    name = day[0]
    number = DAYS.index(name) if name in DAYS else int(name) - 1 if name in "1234567" else -1
    ends_range = day.string[: day.start()].endswith("-")
    return name if number < 0 else str(7 if ends_range and number == 0 else number)
