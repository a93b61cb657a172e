"""Which end decides where a case reaches several: what was granted stays granted, whatever is tidied up after it."""

from datetime import timedelta

from sqlmodel import Session

from tests.small_county import BEGIN, DONE, SmallCounty
from tests.workflows.engine.conftest import flows_xml
from tasks import worker
from workflows.cases.messages import mailbox
from workflows.cases.tables import Case


def wait(identity: str, length: str) -> str:
    return f'<intermediateCatchEvent id="{identity}"><timerEventDefinition><timeDuration>{length}</timeDuration></timerEventDefinition></intermediateCatchEvent>'


def tells(county: SmallCounty, case: Case) -> None:
    with county.work() as session:
        mailbox.put(session, session.get_one(Case, case.id), "go", {}, county.now, sender="registry", key="k")
    worker.deliver_messages(clock(county, 0))


def clock(county: SmallCounty, days: int):
    def now(_session: Session):
        return county.now + timedelta(days=days)
    return now


def on_event(interrupting: str, inside: str, flows: str) -> str:
    return (f'<subProcess id="aside" triggeredByEvent="true"><startEvent id="told" isInterrupting="{interrupting}">'
            f'<messageEventDefinition messageRef="go"/></startEvent>{inside}{flows_xml(flows)}</subProcess>')


GRANTED = '[end.granted]\nname = "批准"\nen = "Granted"\nkind = "granted"\n'


def test_what_was_granted_stays_granted_though_a_later_token_ends_elsewhere(small, works_on):
    works_on(small)
    border = '<boundaryEvent id="late" attachedToRef="work" cancelActivity="false"><timerEventDefinition><timeDuration>P8D</timeDuration></timerEventDefinition></boundaryEvent>'
    small.draw("slow", f'{BEGIN}<subProcess id="work"><startEvent id="s"/>{wait("w", "P9D")}{flows_xml("s>w")}</subProcess>{border}{wait("remind", "P30D")}'
               f'<endEvent id="granted"/>{DONE}', "begin>work\nwork>granted\nlate>remind\nremind>done", rules=GRANTED)
    case, states = small.open("slow"), []
    for day in (8, 9, 60):
        worker.fire_timers(clock(small, day))
        states.append(small.case(case).state)
    assert states == ["running", "running", "granted"]


def test_an_event_sub_process_ends_the_case_at_its_own_end_event(small, works_on):
    works_on(small)
    small.draw("stopped", BEGIN + wait("w", "P9D") + DONE + on_event("true", '<endEvent id="withdrawn"/>', "told>withdrawn"),
               "begin>w\nw>done", told="go")
    case = small.open("stopped")
    tells(small, case)
    assert small.case(case).state == "withdrawn"


def test_what_an_event_sub_process_does_beside_takes_nothing_from_the_decision(small, works_on):
    works_on(small)
    small.draw("beside", BEGIN + wait("w", "P2D") + '<endEvent id="granted"/>'
               + on_event("false", wait("w2", "P30D") + '<endEvent id="noted"/>', "told>w2\nw2>noted"),
               "begin>w\nw>granted", told="go", rules=GRANTED, ends="")
    case, states = small.open("beside"), []
    tells(small, case)
    for day in (2, 40):
        worker.fire_timers(clock(small, day))
        states.append(small.case(case).state)
    assert states == ["running", "granted"]
