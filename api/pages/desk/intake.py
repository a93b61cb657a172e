"""受理登记: an application taken in at the counter."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import AtDesk, Desk
from api.known import Posted
from api.pages.answering import Asking
from api.rendering.field_views import FormView
from bpmn.message import Term
from bpmn.schema import Process
from workflows import releases
from workflows.cases import intake, matters
from workflows.releases import Published
from workflows.errors import Invalid, NotAllowed, NotFound

router = APIRouter()


@router.get("/intake")
def choose(desk: AtDesk) -> Response:
    """The matters that the person may take in, each with what an applicant brings along."""
    found = matters.open_to(desk.session, desk.officer)
    if not found:
        raise NotAllowed("Your duty does not include taking in any matter.")
    return desk.page("intake/choose.html", matters=[
        (f"/intake/{name}", Term(process.title, process.en), _needs(process), process.law) for name, process in found.items()])


@router.get("/intake/{process}")
def ask(desk: AtDesk, process: str) -> Response:
    """An empty application."""
    published = _published(desk, process)
    return _page(desk, published, _asking(desk, published).fresh())


@router.post("/intake/{process}")
def take_in(desk: AtDesk, process: str, sent: Posted) -> Response:
    """Open the case, or show what is wrong."""
    published = _published(desk, process)
    asking = _asking(desk, published)
    raw = asking.read(sent)
    again = asking.redrawn(sent, raw)
    if again:
        return _page(desk, published, again)
    try:
        asking.demand_files()
        with desk.session.begin_nested():
            case = intake.apply(desk.session, process, raw, desk.officer, desk.now)
    except Invalid as refusal:
        return _page(desk, published, asking.refused(raw, refusal), 422)
    return desk.to(f"/cases/{case.number}")


def _published(desk: Desk, process: str) -> Published:
    published = releases.current(desk.session, process)
    if published.process.start_form is None:
        raise NotFound("There is no such page.")
    if not desk.officer.holds(*published.process.start_roles):
        raise NotAllowed("Your duty does not include taking in this matter.")
    return published


def _asking(desk: Desk, published: Published) -> Asking:
    form = published.form(published.process.start_form or "")
    return Asking(desk, form, intake.known_before(desk.session, published.process, published.drawing.process_id, desk.officer, desk.now))


def _page(desk: Desk, published: Published, form: FormView, status: int = 200) -> Response:
    process = published.process
    return desk.page("intake/page.html", status, form=form, process=process, needs=_needs(process),
                     title=Term(process.title, process.en))


def _needs(process: Process) -> list[Term]:
    """What the applicant brings along."""
    return [Term(one.name, one.en) for one in process.intake.needs] if process.intake else []
