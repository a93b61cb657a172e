"""Messages to cases: each heard once, in order, when the case waits for it; kept till then, and reported after."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tasks import worker
from tests.makers import at_once, whole
from tests.small_county import BEGIN, DONE, catch, hours, service, throw
from workflows import engine
from workflows.cases import delivery, kin, progress
from workflows.cases.messages import mailbox
from workflows.cases.messages.tables import Awaited, CaseMessage, MessageState
from workflows.cases.operations import suspend, terminate
from workflows.cases.operations.asking import Asked
from workflows.cases.tables import Case, Operation
from workflows.errors import Conflict, Invalid, NotAllowed
from workflows.office import people
from workflows.settings import settings

GIVEN = 'given = { wanted = "string" }'


def clock(county):
    return lambda _session: county.now


def deliver(county):
    return worker.deliver_messages(clock(county))


def send(county, case, name, key, **payload):
    with county.work() as session:
        message, fresh = mailbox.put(session, session.get_one(Case, case.id), name, payload, county.now, sender="registry", key=key)
        return message.id, fresh


def states(county):
    with county.work() as session:
        return {message.key: message.state for message in session.exec(select(CaseMessage).order_by(col(CaseMessage.id)))}


@pytest.fixture
def waiter(either, works_on):
    """A process that waits for `go`, then for `answer` twice."""
    either.draw("waiter", BEGIN + catch("first", "go", into="gone") + catch("second", "answer", into="one")
                + catch("third", "answer", into="two") + DONE,
                "begin>first\nfirst>second\nsecond>third\nthird>done", told="go answer")
    works_on(either)
    return either


def test_a_message_moves_its_case_once_and_what_it_says_becomes_the_named_fact(waiter):
    case = waiter.open("waiter")
    send(waiter, case, "go", "k1", by="车")
    assert deliver(waiter) == 1
    assert deliver(waiter) == 0
    assert waiter.facts(case) == {"gone": {"by": "车"}}
    assert states(waiter) == {"k1": MessageState.DELIVERED}


def test_the_same_key_is_the_same_message_and_with_other_content_it_is_refused(waiter):
    case = waiter.open("waiter")
    first, _ = send(waiter, case, "go", "k1", by="车")
    assert send(waiter, case, "go", "k1", by="车") == (first, False)
    with pytest.raises(Conflict, match="other content"):
        send(waiter, case, "go", "k1", by="船")


def test_early_messages_wait_till_they_are_wanted_and_keep_their_order(waiter):
    case = waiter.open("waiter")
    for number in (1, 2):
        send(waiter, case, "answer", f"a{number}", n=number)
    assert deliver(waiter) == 0
    send(waiter, case, "go", "k")
    assert deliver(waiter) + deliver(waiter) == 3
    assert waiter.facts(case) == {"gone": {}, "one": {"n": 1}, "two": {"n": 2}}
    assert waiter.case(case).state == "done"


def test_a_message_that_fails_holds_back_the_later_ones_of_its_name_and_is_tried_again(waiter, monkeypatch):
    case, other = waiter.open("waiter"), waiter.open("waiter")
    send(waiter, case, "go", "k1")
    send(waiter, case, "go", "k2")
    send(waiter, other, "go", "k3")
    real = progress.move

    def move(session, moved, perform, cause):
        if moved.id == case.id:
            raise engine.Stuck(["first"])
        return real(session, moved, perform, cause)

    with monkeypatch.context() as broken:
        broken.setattr(progress, "move", move)
        assert deliver(waiter) == 1
        assert deliver(waiter) == 0
    with waiter.work() as session:
        (message, found), = delivery.troubled(session)
        assert (message.key, found.number, message.attempts) == ("k1", case.number, 1)
        assert delivery.deliverable(session, message.retry_at - timedelta(seconds=1)) is None
    assert deliver(waiter.at(hours(1))) == 1
    assert states(waiter) == {"k1": "delivered", "k2": "waiting", "k3": "delivered"}


def test_what_nobody_wanted_in_its_time_is_reported_and_a_person_decides(waiter):
    case = waiter.open("waiter")
    first, _ = send(waiter, case, "answer", "a1")
    second, _ = send(waiter, case, "answer", "a2")
    late = waiter.now + timedelta(days=settings().message_days)
    with waiter.work() as session:
        assert delivery.overdue(session, late - timedelta(seconds=1)) is None
    assert worker.turn(clock(waiter.at(late))) == 2
    with waiter.work() as session:
        admin, clerk = people.by_login(session, "admin1"), people.by_login(session, "county_clerk1")
        with pytest.raises(NotAllowed):
            delivery.again(session, first, clerk, late)
        with pytest.raises(Invalid, match="reason"):
            delivery.discard(session, second, " ", admin, late)
        delivery.again(session, first, admin, late)
        delivery.discard(session, second, "重复", admin, late)
        with pytest.raises(Conflict, match="taken up"):
            delivery.discard(session, second, "重复", admin, late)
    send(waiter, case, "go", "k")
    deliver(waiter.at(late))
    deliver(waiter.at(late))
    assert states(waiter) == {"a1": "delivered", "a2": "discarded", "k": "delivered"}
    with waiter.work() as session:
        assert whole(session)


def test_a_suspended_case_keeps_its_messages_and_they_do_not_run_out(waiter):
    case = waiter.open("waiter")
    send(waiter, case, "go", "k")
    late = waiter.now + timedelta(days=90)
    with waiter.work() as session:
        session.get_one(Case, case.id).state = progress.SUSPENDED
    assert deliver(waiter) == 0
    with waiter.work() as session:
        assert delivery.overdue(session, late) is None
        session.get_one(Case, case.id).state = progress.RUNNING
    assert deliver(waiter) == 1


def test_two_workers_deliver_each_message_once(waiter):
    cases = [waiter.open("waiter") for _ in range(6)]
    for case in cases:
        for key, name in (("g", "go"), ("a", "answer"), ("b", "answer")):
            send(waiter, case, name, f"{key}{case.id}", said=key)
    found = at_once(*[lambda: sum(deliver(waiter) for _ in range(4))] * 2)
    assert all(isinstance(count, int) for count in found), found
    while deliver(waiter):
        pass
    assert set(states(waiter).values()) == {"delivered"}
    for case in cases:
        assert waiter.facts(case) == {"gone": {"said": "g"}, "one": {"said": "a"}, "two": {"said": "b"}}
        assert waiter.case(case).state == "done"


def test_two_cases_that_write_to_each_other_at_once_never_wait_for_each_other(either, works_on):
    either.draw("pen_pal", BEGIN + catch("start", "go", into="friend") + throw("write", "letter", to="= friend.number", payload='= {from: case.number}')
                + catch("read", "letter", into="letter") + DONE,
                "begin>start\nstart>write\nwrite>read\nread>done", told="go letter")
    works_on(either)
    one, two = either.open("pen_pal"), either.open("pen_pal")
    send(either, one, "go", "1", number=two.number)
    send(either, two, "go", "2", number=one.number)
    found = at_once(*[lambda: sum(deliver(either) for _ in range(3))] * 2)
    assert all(isinstance(count, int) for count in found), found
    while deliver(either):
        pass
    assert [either.case(case).state for case in (one, two)] == ["done", "done"]
    assert either.facts(one)["letter"] == {"from": two.number}


# ---- parents and children ----------------------------------------------------------------------------------------

def family(county, **terms):
    """A parent that opens a child and hears its end; the child tells its parent something on its way."""
    county.draw("child", BEGIN + throw("report", "news", to="parent", payload='= {seen: wanted}') + catch("wait", "go", into="gone") + DONE,
                "begin>report\nreport>wait\nwait>done", told="news go", rules=GIVEN)
    county.draw("parent", BEGIN + service("ask", "open_case", process="child", facts='= {wanted: "户口"}', into="heard",
                                          result="= gone.by", **terms) + catch("news", "news", into="news") + DONE,
                "begin>ask\nask>news\nnews>done", told="news", rules='[operations]\nterminate = ["COUNTY_LEAD"]')


def test_a_parent_waits_for_its_child_and_gets_its_result(either, works_on):
    family(either, wait="yes")
    works_on(either)
    parent = either.open("parent")
    with either.work() as session:
        child, = kin.children(session, session.get_one(Case, parent.id))
        assert (child.process, child.parent_id, child.subject) == ("child", parent.id, "事项")
    assert deliver(either) == 0         # the news is early: the parent waits for the child's end
    send(either, child, "go", "k", by="车")
    while deliver(either):
        pass
    assert either.facts(parent) == {
        "heard": {"number": child.number, "process": "child", "state": "done", "result": "车"}, "news": {"seen": "户口"}}
    assert either.case(parent).state == "done"
    with either.work() as session:
        assert session.exec(select(Awaited)).all() == []
        assert whole(session)


def test_a_parent_that_does_not_wait_knows_its_childs_number_and_goes_on(small, works_on):
    family(small, wait="no")
    works_on(small)
    parent = small.open("parent")
    assert deliver(small) == 1
    assert small.case(parent).state == "done"
    assert small.facts(parent)["heard"] == {"number": "CHILD-2024-03-0001"}
    assert small.case("CHILD-2024-03-0001").state == "running"


@pytest.mark.parametrize("stands", ["running", "suspended"])
def test_a_child_whose_parent_is_terminated_ends_by_the_same_hand_for_the_same_reason(small, works_on, stands):
    parent, child = with_child(small, works_on)
    asked = by_lead(small, "重复申请")
    if stands == "suspended":
        with small.work() as session:
            suspend.suspend(session, child.id, asked)
    with small.work() as session:
        assert [one.number for one in terminate.preview(session, parent, asked).children] == [child.number]
        terminate.terminate(session, parent.id, asked)
    assert small.case(child).state == stands        # it is told, and ends in a transaction of its own
    assert deliver(small) == 1
    assert (small.case(child).state, small.case(parent).state) == ("terminated", "terminated")
    with small.work() as session:
        assert [(done.by, done.reason) for done in session.exec(select(Operation).where(Operation.what == "terminate"))] == [
            (asked.who.id, "重复申请")] * 2
        assert session.exec(select(Awaited)).all() == []
        assert set(session.exec(select(CaseMessage.state).where(CaseMessage.name != "parent_ended"))) == {MessageState.MOOT}
        assert whole(session)


def test_a_child_that_is_drawn_to_go_on_does_so_when_its_parent_is_terminated(small, works_on):
    parent, child = with_child(small, works_on, with_parent="no")
    asked = by_lead(small, "重复申请")
    with small.work() as session:
        assert terminate.preview(session, parent, asked).children == ()
        terminate.terminate(session, parent.id, asked)
    assert deliver(small) == 0
    send(small, child, "go", "k", by="车")
    while deliver(small):
        pass
    assert (small.case(child).state, small.case(parent).state) == ("done", "terminated")


def with_child(county, works_on, **terms):
    family(county, wait="yes", **terms)
    works_on(county)
    return county.case(county.open("parent")), county.case("CHILD-2024-03-0001")


def by_lead(county, reason):
    with county.work() as session:
        return Asked(people.by_login(session, "county_lead1"), reason, county.now)


def test_a_case_may_not_open_itself_for_ever(small):
    small.draw("mirror", BEGIN + service("again", "open_case", process="mirror", into="next") + DONE, "begin>again\nagain>done")
    with pytest.raises(Conflict, match="10"):
        small.open("mirror")
    with small.work() as session:
        assert session.exec(select(Case)).all() == []


def test_messages_that_cause_one_another_are_stopped_and_starve_nobody(small, works_on, monkeypatch):
    works_on(small)
    monkeypatch.setattr(mailbox, "HOPS_MAX", 7)
    monkeypatch.setattr(worker, "PORTION", 3)
    small.draw("pingpong", BEGIN + '<exclusiveGateway id="m"/><exclusiveGateway id="x" default="x_done"/>' + catch("w", "go", into="n")
               + throw("t", "go", to="=case.number") + DONE, "begin>m\nm>t\nt>w\nw>x\nx>m ? case.number != null\nx>done", told="go")
    small.open("pingpong")
    assert [worker.deliver_messages(lambda _session: small.now) for _ in range(4)] == [3, 3, 2, 0]
    with small.work() as session:
        (message, _), = delivery.troubled(session)
        assert (message.state, message.hops) == ("undelivered", 8)
        assert "7 times" in message.error
        delivery.again(session, message.id, people.by_login(session, "admin1"), small.now)
    assert worker.deliver_messages(lambda _session: small.now) == 3
