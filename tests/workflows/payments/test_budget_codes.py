"""An unknown category of household has no budget code: nothing is booked on a guess."""

import pytest

from workflows.errors import Conflict
from workflows.payments import papers


def test_each_category_has_its_code_and_another_has_none() -> None:
    assert (papers._budget("urban"), papers._budget("rural")) == ("2081901", "2081902")
    with pytest.raises(Conflict, match="budget code"):
        papers._budget("nomad")
