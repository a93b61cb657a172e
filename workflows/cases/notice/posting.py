"""制作公示书、张贴: the masked paper of a notice, made when it is printed and anew when it hangs from another day."""

from collections.abc import Mapping
from datetime import date

from bpmn.message import Message
from forms.answers import FieldError
from workflows.cases.notice import notices
from workflows.cases.papers import issuing
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Notice
from workflows.errors import Invalid
from workflows.records.types import stored

NOTICE = "public_notice"


@effect("prepare_notice")
def _prepare_notice(step: Step) -> Mapping[str, object]:
    """Make the masked notice for the village to print and post."""
    notice = Notice(case_id=stored(step.case.id), division_code=step.case.division_code, shown={})
    _post(step, notice, step.now.date())
    return {}


@effect("redate_notice")
def redate_notice(step: Step) -> Mapping[str, object]:
    """Posted on another day than printed: the notice, and its paper, say the real days."""
    notices.demand_photos(step)
    notice = notices.to_post(step)
    posted = str(step.answers.get("posted_on") or "")[:10]
    printed = notice.shown["issued_on"]["$date"]
    if posted < printed:  # else its days could be over before anybody has read it (A1 19)
        raise Invalid([FieldError("posted_on", Message("The notice was made on {day}; it can't have been posted before.",
                                                       {"day": printed}))])
    day = date.fromisoformat(posted)
    if notices.last_day(step.session, step.case, day) < step.now.date():   # else it would never be seen online
        raise Invalid([FieldError("posted_on", Message(
            "The days of this notice are over; it must be posted again and confirmed with that day."))])
    if posted > printed:
        _post(step, notice, day)
    return {}


def _post(step: Step, notice: Notice, starts_on: date) -> None:
    posting = {"starts_on": starts_on, "ends_on": notices.last_day(step.session, step.case, starts_on)}
    document = issuing.issue(step, NOTICE, given={"posting": posting}, day=starts_on)
    notice.shown = {**document.data, "said": document.said}
    step.session.add(notice)
    step.session.flush()
