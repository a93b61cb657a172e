"""Papers: plain data in, a bureau's printable documents out; no database, no clock, no web."""

from workflows.papers.errors import CharacterMissing, NoChineseFont, PaperDataWrong, PaperRefused, PaperUnknown
from workflows.papers.fonts import FontSet, find_fonts
from workflows.papers.kinds import KINDS, Kind
from workflows.papers.public_notice import Office, public_notice_data
from workflows.papers.render import check, render
from workflows.papers.roster import BridgeStep, Change, Roster, RosterLine, roster_xlsx
from workflows.papers.words import chinese_date, chinese_month, money_words

__all__ = [
    "KINDS",
    "BridgeStep",
    "Change",
    "CharacterMissing",
    "FontSet",
    "Kind",
    "NoChineseFont",
    "Office",
    "PaperDataWrong",
    "PaperRefused",
    "PaperUnknown",
    "Roster",
    "RosterLine",
    "check",
    "chinese_date",
    "chinese_month",
    "find_fonts",
    "money_words",
    "public_notice_data",
    "render",
    "roster_xlsx",
]
