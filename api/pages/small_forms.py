"""A small form of a page, drawn from its file in `forms/payments` or another folder of the house."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from api.desk import Desk
from api.pages.answering import Asking
from api.rendering.field_views import FormView
from forms.loader import parse
from forms.schema import Form
from starlette.datastructures import FormData
from workflows.errors import Invalid
from workflows.settings import ROOT


class Ask:
    """One such form, asked of an officer."""

    def __init__(self, desk: Desk, name: str, folder: str = "payments") -> None:
        """Read the form's file."""
        self.asking = Asking(desk, form_of(name, folder))

    def fresh(self, values: Mapping[str, Any] | None = None) -> FormView:
        """As it is first met."""
        return self.asking.fresh(values)

    def redrawn(self, sent: FormData) -> FormView | None:
        """The form with a row more or less, when that was asked; None: it was handed in."""
        return self.asking.redrawn(sent, self.asking.read(sent))

    def checked(self, sent: FormData) -> Mapping[str, Any]:
        """What was answered; `Invalid` with each field's error."""
        checked = self.asking.check(self.asking.read(sent))
        if not checked.ok:
            raise Invalid(checked.errors)
        return checked.values

    def again(self, sent: FormData, refusal: Invalid) -> FormView:
        """The form with what is wrong beside each field."""
        return self.asking.refused(self.asking.read(sent), refusal)


@lru_cache
def form_of(name: str, folder: str = "payments") -> Form:
    """A form of the house's own pages."""
    return parse((ROOT / "forms" / folder / f"{name}.form").read_bytes(), f"{folder}/{name}")
