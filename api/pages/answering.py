"""A form on a page: drawn, redrawn with a row more, or shown again with what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import forms.answers
from api.desk import Visit
from api.rendering.field_views import FormView, Speaker
from api.rendering.forms import draw, read_only
from bpmn.message import Message
from forms.answers import Checked, Staged
from forms.schema import Form
from forms.submission import change_in
from forms.world import World
from starlette.datastructures import FormData, UploadFile
from workflows.cases import attachments, sources
from workflows.cases.sources import Supplies
from workflows.errors import Conflict, Invalid
from workflows.messages import translations


@dataclass(frozen=True)
class Asking:
    """A form asked of somebody, with everything it may look at."""

    visit: Visit
    form: Form
    facts: Mapping[str, Any] = field(default_factory=dict)
    case_id: int | None = None
    spoiled: dict[str, Message] = field(default_factory=dict)     # files not taken, by their field

    @property
    def supplies(self) -> Supplies:
        """Named lists, and the files the form may carry, those just sent among them."""
        return sources.supplies(self.visit.session, self.form, self.visit.known.officer, self.case_id)

    def fresh(self, values: Mapping[str, Any] | None = None) -> FormView:
        """The form as it is first met, with these values or the file's own."""
        first = values if values is not None else forms.answers.initial(
            self.form, *self._around(), sources=self.supplies.sources)
        return self._view(forms.answers.look(self.form, first, *self._around(), **self._choices()))

    def read(self, sent: FormData) -> dict[str, Any]:
        """Nested answers of what was sent; uploads are kept and become tokens, a spoiled one an error at its field."""
        return forms.answers.from_html(self.form, sent.multi_items(), self._stage)

    def redrawn(self, sent: FormData, raw: Mapping[str, Any]) -> FormView | None:
        """The form with a row more or less, when that was asked; None: it was handed in."""
        change = change_in(sent.multi_items())
        if change is None:
            return None
        changed = forms.answers.changed(self.form, raw, change, *self._around())
        looked = forms.answers.look(self.form, changed, *self._around(), **self._choices())
        return self._view(self._with_spoiled(looked), focus=change.path)

    def demand_files(self) -> None:
        """Refuse what was handed in with a file that can't be taken."""
        if self.spoiled:
            raise Invalid

    def refused(self, raw: Mapping[str, Any], refusal: Invalid) -> FormView:
        """The form again, with every error beside its field."""
        checked = self.check(raw)
        errors = tuple(forms.answers.FieldError(error.path, error.message) for error in refusal.errors)
        return self._view(replace(checked, errors=errors or checked.errors))

    def as_typed(self, raw: Mapping[str, Any]) -> FormView:
        """The form again with all that was typed."""
        return self._view(self.check(raw))

    def told(self, raw: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What was typed, to be read only."""
        supplies = self.supplies
        shown = forms.answers.display(self.form, self.check(raw).values, sources=supplies.sources, staged=supplies.staged)
        return read_only(shown, Speaker(self.visit.language, translations(self.visit.language).gettext))

    def check(self, raw: Mapping[str, Any]) -> Checked:
        """Check answers that no command of the domain will check."""
        return self._with_spoiled(forms.answers.check(self.form, raw, *self._around(), **self._choices()))

    def _with_spoiled(self, checked: Checked) -> Checked:
        spoiled = (forms.answers.FieldError(path, message) for path, message in self.spoiled.items())
        return replace(checked, errors=(*spoiled, *(one for one in checked.errors if one.path not in self.spoiled)))

    def _view(self, checked: Checked, focus: str = "") -> FormView:
        supplies = self.supplies
        world = World(*self._around(), supplies.sources, supplies.staged)
        language = self.visit.language
        return draw(self.form, checked, world, Speaker(language, translations(language).gettext), focus=focus)

    def _around(self) -> tuple[Mapping[str, Any], Any]:
        return self.facts, self.visit.now.date()

    def _choices(self) -> dict[str, Any]:
        supplies = self.supplies
        return {"sources": supplies.sources, "staged": supplies.staged}

    def _stage(self, name: str, upload: object) -> Staged | None:
        if not isinstance(upload, UploadFile) or not upload.filename:
            return None
        officer = self.visit.known.officer
        upload.file.seek(0)     # a form may be read twice
        content = upload.file.read(attachments.LARGEST + 1)
        try:
            kept = attachments.stage(self.visit.session, upload.filename, content, officer.id if officer else None,
                                     self.visit.now)
        except Conflict as refusal:
            self.spoiled[name] = refusal.message
            return None
        return Staged(kept.token, kept.name, kept.size, kept.media_type)

