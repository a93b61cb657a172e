"""Papers: plain data in, a bureau's printable documents out; no database, no clock, no web."""

from workflows.papers.errors import CharacterMissing, NoChineseFont, PaperDataWrong, PaperRefused, PaperUnknown
from workflows.papers.answered import form_sheet
from workflows.papers.copies import copy
from workflows.papers.filling import filled
from workflows.papers.fonts import FontSet, find_fonts
from workflows.papers.kinds import KINDS, Kind
from workflows.papers.public import demand_clean, masked
from workflows.papers.render import GENERIC, check, print_out, render, shared
from workflows.papers.roster import BridgeStep, Change, Roster, RosterLine, roster_xlsx
from workflows.papers.words import chinese_date, chinese_month, money_words

__all__ = [
    "GENERIC",
    "KINDS",
    "BridgeStep",
    "Change",
    "CharacterMissing",
    "FontSet",
    "Kind",
    "NoChineseFont",
    "PaperDataWrong",
    "PaperRefused",
    "PaperUnknown",
    "Roster",
    "RosterLine",
    "check",
    "chinese_date",
    "chinese_month",
    "copy",
    "demand_clean",
    "filled",
    "find_fonts",
    "form_sheet",
    "masked",
    "money_words",
    "print_out",
    "render",
    "roster_xlsx",
    "shared",
]
