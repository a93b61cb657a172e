"""规则一览: all rules in force on a date in a place, and a rule's values with the form to set the place's own."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

import xlsxwriter
from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from sqlmodel import col, select

from api.desk import AtDesk, Desk
from api.errors import Answered
from api.pages.rules import entry as rule_entry
from api.pages.files import download, sheet
from bpmn.message import Message
from forms.display import YES
from api.pages.rules.words import CLAUSES, SURE, length, value
from workflows.cases import recounts
from workflows.errors import Invalid, Refusal
from workflows.office import permissions, rates
from workflows.office.tables import Division, Person
from workflows.records import days
from workflows.releases import rule_book
from workflows.releases.rule_book import Chapter, Clause, Number

router = APIRouter()
TITLE, UNSET = Message("Rules in force"), Message("not set here")
HEAD = (Message("Matter"), Message("Kind of rule"), Message("Rule"), Message("Code"), Message("What it says"), Message("In force from"),
        Message("In force to"), Message("Law or document"), Message("How sure"), Message("set here"), Message("Entered by"))


@dataclass(frozen=True)
class Wish:
    """What of the rules is to be seen."""

    on: date
    place: str
    matter: str = ""
    words: str = ""
    sure: str = ""
    own: bool = False

    @property
    def query(self) -> str:
        """The same wish as the end of an address."""
        said = {"on": self.on.isoformat(), "place": self.place, "matter": self.matter, "words": self.words, "sure": self.sure,
                "own": "true" if self.own else ""}
        return urlencode({name: text for name, text in said.items() if text})


@router.get("/rules")
def listed(desk: AtDesk, on: str = "", place: Annotated[str, Query(max_length=12)] = "", matter: Annotated[str, Query(max_length=64)] = "",
           words: Annotated[str, Query(max_length=100)] = "", sure: Annotated[str, Query(max_length=10)] = "", own: bool = False) -> Response:
    """The rules that hold."""
    wish, places, whole = _wished(desk, Wish(days.read(on) or desk.now.date(), place, matter, words.strip(), sure, own))
    shown = [chapter for chapter in (_narrowed(desk, chapter, wish) for chapter in whole) if chapter.numbers or chapter.clauses]
    return desk.page("rules/page.html", wish=wish, places=places, matters=[(one.process, one.title) for one in whole], chapters=shown,
                     count=sum(len(one.numbers) + len(one.clauses) for one in shown), unset=_unset(whole), sure=SURE, value=value,
                     length=length, kinds=CLAUSES, may_set=permissions.why_not(desk.officer, "set_rule", wish.place) is None)


@router.get("/rules.csv")
def as_csv(desk: AtDesk, on: str = "", place: str = "", matter: str = "", words: str = "", sure: str = "", own: bool = False) -> Response:
    """The same as a table of text."""
    wish, _, whole = _wished(desk, Wish(days.read(on) or desk.now.date(), place, matter, words.strip(), sure, own))
    target = io.StringIO()
    csv.writer(target).writerows(_table(desk, whole, wish))
    return download(("\ufeff" + target.getvalue()).encode(), f"{desk.say(TITLE)} {wish.on}.csv", "text/csv; charset=utf-8", "attachment")


@router.get("/rules.xlsx")
def as_workbook(desk: AtDesk, on: str = "", place: str = "", matter: str = "", words: str = "", sure: str = "", own: bool = False) -> Response:
    """The same as a workbook."""
    wish, _, whole = _wished(desk, Wish(days.read(on) or desk.now.date(), place, matter, words.strip(), sure, own))
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page, bold, wrap = book.add_worksheet(desk.say(TITLE)), book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    for row, cells in enumerate(_table(desk, whole, wish)):
        page.write_row(row, 0, cells, wrap if row else bold)
    for column, width in enumerate((16, 10, 30, 30, 34, 12, 12, 50, 18, 10, 10)):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)
    book.close()
    return sheet(target.getvalue(), f"{desk.say(TITLE)} {wish.on}.xlsx")


@router.get("/rules/{code}")
def one(desk: AtDesk, code: str, place: Annotated[str, Query(max_length=12)] = "") -> Response:
    """One rule: its values through time, and the form to set the place's own."""
    return _one(desk, code, place)


@router.post("/rules/{code}")
def enter(desk: AtDesk, code: str, sent: Annotated[rule_entry.Sent, Form()]) -> Response:
    """Set the place's own value from a day on, with its document."""
    permissions.demand(permissions.why_not_anywhere(desk.officer, "read_rules"))
    rule = rates.rule(code)
    try:
        with desk.session.begin_nested():
            wanted = rule_entry.read(rule, sent)
            rates.set_local(desk.session, code, wanted.value, scope=sent.scope, valid_from=wanted.valid_from, valid_to=wanted.valid_to,
                            source=sent.source, who=desk.officer, now=desk.now)
    except (Invalid, Refusal) as refusal:
        raise Answered(_one(desk, code, sent.scope, sent, refusal)) from refusal
    if recounts.waits_for_length(desk.session):
        recounts.ask(desk.session, f"{rule.title}：{sent.source.strip()}", desk.officer, desk.now)
    return desk.to(f"/rules/{code}?place={sent.scope}")


def _one(desk: Desk, code: str, place: str, sent: rule_entry.Sent | None = None, refusal: Refusal | None = None) -> Response:
    permissions.demand(permissions.why_not_anywhere(desk.officer, "read_rules"))
    places = _places(desk)
    place = place if place in places else next(iter(places), "")
    rule, people = rates.rule(code), {person.id: person.name for person in desk.session.exec(select(Person))}
    scopes = {scope: name for scope, name in places.items() if permissions.why_not(desk.officer, "set_rule", scope) is None}
    return desk.page("rules/rule.html", 422 if refusal else 200, rule=rule, ground=place, places=places, scopes=scopes, sure=SURE, value=value,
                     history=rates.history(desk.session, code, place), people=people, sent=sent or rule_entry.Sent(scope=place),
                     refusal=refusal, kind=rule_entry.kind(rule), today=desk.now.date())


def _wished(desk: Desk, wish: Wish) -> tuple[Wish, dict[str, str], list[Chapter]]:
    permissions.demand(permissions.why_not_anywhere(desk.officer, "read_rules"))
    places = _places(desk)
    wish = wish if wish.place in places else replace(wish, place=next(iter(places), ""))
    return wish, places, rule_book.book(desk.session, wish.on, wish.place)


def _places(desk: Desk) -> dict[str, str]:
    """The county and its townships that somebody's duties reach."""
    grounds = {held.division_code for held in desk.officer.duties}
    found = desk.session.exec(select(Division).order_by(col(Division.code)))
    return {one.code: one.name for one in found if len(one.code) in (6, 9) and any(one.code.startswith(ground) for ground in grounds)}



def _narrowed(desk: Desk, chapter: Chapter, wish: Wish) -> Chapter:
    if wish.matter and chapter.process != wish.matter:
        return replace(chapter, numbers=(), clauses=())
    numbers = tuple(one for one in chapter.numbers if (not wish.sure or one.sure == wish.sure) and (not wish.own or (one.rate and one.rate.local))
                    and _says(wish.words, one.rule.title, one.rule.en, one.rule.code, one.source))
    clauses = tuple(one for one in chapter.clauses if not (wish.sure or wish.own)
                    and _says(wish.words, desk.say(one.title), desk.say(one.says), one.source))
    return replace(chapter, numbers=numbers, clauses=clauses)


def _says(words: str, *texts: str) -> bool:
    return all(any(word.lower() in text.lower() for text in texts) for word in words.split())


def _unset(chapters: Sequence[Chapter]) -> int:
    return sum(one.rate is None for chapter in chapters for one in chapter.numbers)


def _table(desk: Desk, whole: Sequence[Chapter], wish: Wish) -> Iterator[tuple[str, ...]]:
    yield tuple(desk.say(head) for head in HEAD)
    yield from _rows(desk, whole, wish)


def _rows(desk: Desk, whole: Sequence[Chapter], wish: Wish) -> Iterator[tuple[str, ...]]:
    for chapter in (_narrowed(desk, chapter, wish) for chapter in whole):
        title = desk.say(chapter.title)
        yield from (_number_row(desk, title, one) for one in chapter.numbers)
        yield from (_clause_row(desk, title, one) for one in chapter.clauses)


def _number_row(desk: Desk, title: str, one: Number) -> tuple[str, ...]:
    rate = one.rate
    said = desk.say(value(rate.value, one.rule)) if rate else desk.say(UNSET)
    return (title, desk.say(Message("Value")), desk.say(one.rule.named), one.rule.code, said, rate.valid_from.isoformat() if rate else "",
            rate.valid_to.isoformat() if rate and rate.valid_to else "", desk.cited(one.source), desk.say(SURE[one.sure]),
            desk.say(YES) if rate and rate.local else "", one.entered_by)


def _clause_row(desk: Desk, title: str, one: Clause) -> tuple[str, ...]:
    return (title, desk.say(CLAUSES[one.kind]), desk.say(one.title), one.clock.limit if one.clock else "", desk.say(one.says), "", "", desk.cited(one.source),
            desk.say(SURE[one.sure]) if one.sure else "", "", "")
