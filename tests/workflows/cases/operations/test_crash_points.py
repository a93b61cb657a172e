"""The machine may die at any statement of an operation: afterwards all of it is there, or nothing."""

from functools import partial

import pytest
from sqlmodel import select

from tests import errand
from tests.makers import WAY, done, standing
from tests.workflows.cases.test_crash_points import cut_everywhere
from workflows.cases import jobs
from workflows.cases.operations import resume, retry, send_back, skip, suspend, take_back, terminate
from workflows.cases.operations.asking import Asked
from workflows.cases.operations.send_back import Wish
from workflows.cases.tables import WorkItem, WorkState
from workflows.engine import Place
from workflows.office import people
from workflows.records.session import writing


def by(database, operation, now, number, *rest, login="county_lead1"):
    """That operation, in a transaction of its own."""
    with writing(database) as session:
        operation(session, number, *rest, Asked(people.by_login(session, login), "停电试验", now))


def item_at(house, case, node, state=WorkState.OPEN):
    with house.work() as session:
        return session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node, WorkItem.state == state)).first()


def suspending():
    house, case = standing("home_visit")
    return house, case, partial(by, operation=suspend.suspend, number=case.id)


def resuming():
    house, case = standing("home_visit")
    by(house.engine, suspend.suspend, house.now, case.id)
    return house, case, partial(by, operation=resume.resume, number=case.id)


def terminating():
    house, case = standing("confirm_posting")
    done(house, case, "confirm_posting", **WAY["confirm_posting"][1])      # a notice hangs
    return house, case, partial(by, operation=terminate.terminate, number=case.id)


def sending_back():
    house, case = standing("county_review")
    wish = Wish(item_at(house, case, "county_review").token, Place("home_visit"))
    return house, case, lambda database, now: by(database, send_back.send_back, now, case.id, wish)


def taking_back():
    house, case = standing("draft_opinion")
    done(house, case, "draft_opinion", "town_clerk1", **WAY["draft_opinion"][1])
    item = item_at(house, case, "draft_opinion", WorkState.DONE)
    return house, case, partial(by, operation=take_back.take_back, number=item.id, login="town_clerk1")


def skipping():
    house, case = standing("home_visit")
    done(house, case, "home_visit", **{**WAY["home_visit"][1], "visited_at": "2024-03-04T09:00"})
    done(house, case, "data_check", queried_on="2024-03-04", authorisation_number="SQ-1", conclusion="inconsistent")
    return house, case, partial(by, operation=skip.skip, number=item_at(house, case, "check_rebuttal").id, login="town_lead1")


def retrying():
    house, case = errand.sent()
    done(house, case, "prepare", note="急件")
    with house.work() as session:
        job = jobs.claim(session, house.now)
        jobs.fail(session, job.id, "Unreachable: x", house.now, final=True)
    return house, case, lambda database, now: by(database, retry.retry, now, case.id, retry.JOB, job.id)


@pytest.mark.parametrize("operation", [suspending, resuming, terminating, sending_back, taking_back, skipping, retrying])
def test_a_power_cut_at_any_statement_leaves_all_of_the_operation_or_nothing(operation, tmp_path):
    house, case, doing = operation()
    cut_everywhere(house, case, tmp_path, partial(doing, now=house.now))
