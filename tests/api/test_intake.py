"""登记申请: every matter that one's duties can take in, with its law and what is needed; and whose rail leads there."""

import pytest

from tests.api.conftest import Enter


def test_the_counter_chooses_among_the_matters_it_takes_in(screen):
    shown = screen("window_clerk1", "/intake")
    assert "/intake/dibao" in shown.links()
    assert "收款账户" in shown.text
    assert "《最低生活保障审核确认办法》" in shown.text


def test_a_form_says_what_an_applicant_brings_along(screen):
    assert "所需材料" in screen("town_clerk1", "/intake/dibao").text


@pytest.mark.parametrize("login", ["county_lead1", "auditor1", "finance1"])
def test_who_takes_nothing_in_has_no_such_page_and_no_way_to_it(enter: Enter, login: str):
    client = enter(login)
    assert client.get("/intake").status_code == 403
    assert 'href="/intake"' not in client.get("/inbox").text
