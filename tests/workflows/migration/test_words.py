"""Every reason is a sentence in both languages."""

import re

import pytest

from workflows import messages
from workflows.migration.reasons import SENTENCES

PLACES = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("code", SENTENCES)
def test_a_reason_has_its_chinese(code):
    chinese = messages.catalog(messages.CHINESE).get(SENTENCES[code])
    assert chinese
    assert set(PLACES.findall(str(chinese.string))) == set(PLACES.findall(SENTENCES[code]))
