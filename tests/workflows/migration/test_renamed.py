"""What a case did before its move counts after it, under whatever name the element has now; and going back undoes that."""

import pytest
from sqlmodel import col, select

from tests.makers import WAY, case_at, done, open_item
from tests.versions import RENAMED, TO_HOUSE, renaming
from tests.workflows.cases.operations.test_send_back import back, waiting
from workflows import releases
from workflows.cases import access, decisions, world
from workflows.cases.shown import overview
from workflows.cases.names import names_since
from workflows.cases.operations import redoing, send_back
from workflows.cases.tables import Case, Rename, Visit, WorkItem, WorkState
from workflows.engine import Place
from workflows.office import people


def moved(at, element, *, old="home_visit", new="house_visit"):
    move, case = at(element)
    return move.plan(renaming(old, new), mapping={old: new}).moved(), case


def seen(house, case, login="county_lead1"):
    with house.work() as session:
        return overview.case_view(session, people.by_login(session, login), case.number, house.now)


def test_it_is_sent_back_to_the_renamed_element_and_begins_there_with_its_former_answers(at):
    move, case = moved(at, "draft_opinion")
    back(move.house, case, "draft_opinion", "house_visit", "county_lead1")
    assert waiting(move.house, case) == ["house_visit"]
    with move.house.work() as session:
        row = session.get_one(Case, case.id)
        assert row.facts["home_visit"] is None      # to be done anew
        item, who = open_item(session, case, "house_visit")
        first = decisions.initial(session, item, row, who, move.house.now)
        assert (first["respondent"], first["findings"]) == ("王建国", "收入与申报一致")
    done(move.house, case, "house_visit", **WAY["home_visit"][1])
    case_at(move.house, "confirmed", case=case)


def test_what_is_redone_counts_the_steps_made_under_former_names(at):
    move, case = moved(at, "draft_opinion")
    with move.house.work() as session:
        row = session.get_one(Case, case.id)
        drawing = releases.load(session, row.release_id).drawing
        assert Place("house_visit") in redoing.visited(session, row)
        assert Place("home_visit") not in redoing.visited(session, row)
        redone = redoing.redone(session, row, drawing, Place("draft_opinion"), Place("house_visit"), "keep")
        assert "house_visit" in redone
        assert "home_visit" in redoing.void_facts(session, row, drawing, redone)


def test_who_did_a_step_under_its_former_name_is_kept_apart_still(at):
    move, case = moved(at, "sign_opinion", old="draft_opinion", new="write_opinion")
    with move.house.work() as session:
        row = session.get_one(Case, case.id)
        hand = session.exec(select(WorkItem.done_by).where(WorkItem.node == "draft_opinion", WorkItem.state == WorkState.DONE)).one()
        refusal = access.kept_apart(session, row, "sign_opinion", people.officer(session, hand))
        assert refusal is not None
        assert access.kept_apart(session, row, "write_opinion", people.officer(session, hand)) is None


def test_returns_made_before_the_move_are_counted(at):
    move, case = at("county_review")
    back_to = WAY["county_review"][1] | {"outcome": "return"}
    done(move.house, case, "county_review", **{**back_to, "opinion": "请补充", "reason": "请补充"})
    move.plan(renaming("draft_opinion", "write_opinion"), mapping={"draft_opinion": "write_opinion"}).moved()
    with move.house.work() as session:
        assert world.of(session, session.get_one(Case, case.id), move.house.now)["case"]["returns"] == 1


def test_the_page_counts_what_was_done_under_the_former_name(at):
    move, case = moved(at, "draft_opinion")
    view = seen(move.house, case)
    assert "house_visit" in next(one for one in view.colours if one.process == "dibao").done
    assert [one.node for one in view.items if one.item.node == "home_visit"] == ["house_visit"]
    assert "home_visit" in {one.fact for one in view.sections}


def test_going_back_undoes_the_names_and_what_was_done_in_between_goes_by_the_way_back(at):
    move, case = moved(at, "home_visit")
    done(move.house, case, "house_visit", **WAY["home_visit"][1])
    move.back()
    with move.house.work() as session:
        row = session.get_one(Case, case.id)
        names, places = names_since(session, row), redoing.visited(session, row)
        visit = session.exec(select(Visit).where(Visit.node == "house_visit", Visit.what == "completed")).one()
        assert [rename.back for rename in session.exec(select(Rename).order_by(col(Rename.id)))] == [False, True]
        assert (names.of(visit), Place("home_visit") in places, Place("house_visit") in places) == ("home_visit", True, False)


def been(move, case):
    """Where the case has been, in the names of now."""
    with move.house.work() as session:
        return {place.node for place in redoing.visited(session, session.get_one(Case, case.id))}


@pytest.mark.parametrize("ways", [1, 2, 3])
def test_names_hold_over_any_number_of_moves(at, ways):
    move, case = at("draft_opinion")
    move.plan(RENAMED, mapping=TO_HOUSE)
    for _ in range(ways):
        move.moved()
        with move.house.work() as session:
            row = session.get_one(Case, case.id)
            assert Place("house_visit") in redoing.visited(session, row)
            token = session.exec(select(WorkItem.token).where(WorkItem.state == WorkState.OPEN)).first()
            assert "house_visit" in {place.node for place in send_back.places(session, row, token)}
        move.back()
        assert "home_visit" in been(move, case)


def test_an_element_without_a_counterpart_is_no_place_to_go_back_to(at):
    move, case = at("draft_opinion")
    move.plan(RENAMED).moved()
    assert not {"home_visit", "house_visit"} & been(move, case)
