"""What failed without a person, in plain words: which work of which case, and why; the technical text stays at hand."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from api.desk import Desk
from bpmn.message import Message, Term
from workflows import releases
from workflows.cases import delivery, due, incidents, jobs, secrecy
from workflows.cases.operations import retry
from workflows.cases.tables import Case, Incident, Job
from workflows.errors import NotFound
from workflows.office import jurisdiction
from workflows.records.types import stored
from workflows.releases.tables import StartRound

WHY = {     # how an error begins -> what it means
    "Unreachable": Message("The other side could not be reached."), "Refused": Message("The other side refused it."),
    "The worker went silent": Message("The program that did it stopped in between."),
    "Conflict": Message("The state of the case does not allow it just now."), "NotAllowed": Message("Nobody with the duty for it was found."),
    "NotFound": Message("Something that it needs was not found."), "NoDesk": Message("There is no desk that could take the work."),
    "Invalid": Message("What was given does not keep the rules."), "PaperRefused": Message("The file of the paper could not be made."),
    "OperationalError": Message("The database could not be reached."),
}
OTHER = Message("It failed for a reason of its own.")
TOPICS = {"run_cycle": Message("Go on with the month's payment"), "render_document": Message("Make the file of a paper")}


@dataclass(frozen=True)
class Failure:
    """One line of the list: `number` is the case's, empty where no case is concerned."""

    id: int
    title: Term | Message
    number: str
    at: datetime | None
    attempts: int
    error: str
    next_at: datetime | None = None
    sender: str = ""
    sent_by_case: bool = False

    @property
    def why(self) -> Message:
        """The error in plain words."""
        return why(self.error)


def why(error: str) -> Message:
    """What an error means, by its beginning."""
    return next((words for start, words in WHY.items() if error.startswith(start)), OTHER)


def topic(name: str) -> Term | Message:
    """What a piece of work without an element is called."""
    return TOPICS.get(name) or Term(name)


def of_jobs(desk: Desk) -> tuple[Failure, ...]:
    """Work given up."""
    return tuple(_job(desk, job) for job in jobs.failed(desk.session))


def of_timers(desk: Desk) -> tuple[Failure, ...]:
    """Timers that could not fire."""
    found = ((one, desk.session.get_one(Case, one.case_id)) for one in due.failing(desk.session, due.TIMER))
    return tuple(Failure(stored(one.id), _element(desk, case, one.node), _number(desk, case), one.due_at, one.attempts, one.error,
                         one.retry_at) for one, case in found)


def of_notices(desk: Desk) -> tuple[Failure, ...]:
    """Notices that could not be taken down."""
    found = ((one, desk.session.get_one(Case, one.case_id)) for one in due.failing(desk.session, due.NOTICE))
    return tuple(Failure(stored(one.id), Term("公示", "Public notice"), _number(desk, case), one.ends_at,
                         one.attempts, one.error, one.retry_at) for one, case in found)


def of_incidents(desk: Desk) -> tuple[tuple[Incident, str], ...]:
    """Cases that can't go on, each with its number; empty where none began."""
    return tuple((one, _number(desk, case) if case else "") for one, case in incidents.unsettled(desk.session))


def of_rounds(desk: Desk) -> tuple[Failure, ...]:
    """Processes that could not begin."""
    return tuple(Failure(stored(one.id), _begun(desk, one), "", one.due_at, one.attempts, one.error, one.retry_at)
                 for one in due.failing(desk.session, due.ROUND))


def of_messages(desk: Desk) -> tuple[Failure, ...]:
    """Messages that reached no case; each by the element that waits for its name, and by who sent it."""
    found = []
    for one, case in delivery.troubled(desk.session):
        published = releases.load(desk.session, case.release_id)
        node = next((node.id for node in published.drawing.nodes.values() if node.message == one.name), "")
        sender = case_of(desk, one.sender)
        found.append(Failure(stored(one.id), published.name_of(node) if node else Term(one.name), _number(desk, case), one.received_at,
                             one.attempts, one.error, one.retry_at, _number(desk, sender) if sender else one.sender, sender is not None))
    return tuple(found)


def case_of(desk: Desk, number: str) -> Case | None:
    """The case of a number, where there is one."""
    return desk.session.exec(select(Case).where(Case.number == number)).first()


def _job(desk: Desk, job: Job) -> Failure:
    case = desk.session.get(Case, job.case_id) if job.case_id else None
    title = topic(job.topic)
    if case:
        drawn = releases.load(desk.session, case.release_id).drawing.nodes.values()
        node = retry.node_of(desk.session, case, job) or next((one.id for one in drawn if one.topic == job.topic), "")
        title = _element(desk, case, node) if node else title
    return Failure(stored(job.id), title, _number(desk, case) if case else "", job.finished_at, job.attempts, job.error)


def _number(desk: Desk, case: Case) -> str:
    return secrecy.number_for(desk.session, desk.officer, case)


def _element(desk: Desk, case: Case, node: str) -> Term:
    return releases.load(desk.session, case.release_id).name_of(node)


def _begun(desk: Desk, row: StartRound) -> Term:
    """A process, and the ground where it is a single one that failed."""
    process = _process(desk, row.process)
    ground = jurisdiction.name_of(desk.session, row.division) if row.division else ""
    return Term(f"{process.zh}（{ground}）", f"{process} ({ground})") if ground else process


def _process(desk: Desk, process: str) -> Term:
    try:
        words = releases.current(desk.session, process).process
    except NotFound:        # never published: its id is all there is
        return Term(process)
    return Term(words.title, words.en)
