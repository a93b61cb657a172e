"""案件查询 and 我的已办."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.desk import AtDesk
from api.pages import secret_reads
from api.pages.cases import history, panels
from bpmn.message import Term
from workflows import releases
from workflows.cases.shown import worklist
from workflows.cases.tables import Case

router = APIRouter()
STATES = {"suspended": Term("已挂起", "Suspended"), "terminated": Term("已终止", "Terminated")}
Page = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/cases")
def find(desk: AtDesk, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Cases by number, applicant or ID number."""
    found = worklist.search(desk.session, desk.officer, q)
    secret_reads.note_search(desk, q)
    if q.strip() and len(found) == 1 and found[0].number == q.strip().upper():
        return desk.to(f"/cases/{found[0].number}")
    return desk.page("cases/find.html", q=q, found=found, suspended=worklist.suspended(desk.session, desk.officer), titles=panels.titles(desk, (one.process for one in found)),
                     places={one.number: history.place(desk, one.division_code[:9]) for one in found},
                     states={one.number: desk.say(_state(desk, one)) for one in found})


@router.get("/done")
def done(desk: AtDesk, page: Page = 1) -> Response:
    """What the officer has handled, the latest first."""
    work = worklist.done_by(desk.session, desk.officer, desk.now, page)
    return desk.page("cases/done.html", work=work, page=page, titles=panels.titles(desk, (row.process for row in work.rows)),
                     steps=panels.steps(desk, work.rows))


def _state(desk: AtDesk, case: Case) -> Term:
    end = releases.load(desk.session, case.release_id).process.ends.get(case.state)
    return Term(end.name, end.en) if end else STATES.get(case.state, Term("办理中", "In progress"))
