"""A step done again shows its last answers; a decision is made anew."""

from tests.makers import done, open_item, standing
from workflows.cases import decisions
from workflows.cases.tables import Case


def offered(house, case, element):
    """What the form at `element` is filled with at first."""
    with house.work() as session:
        item, who = open_item(session, case, element)
        return decisions.initial(session, item, session.get_one(Case, case.id), who, house.now)


def test_after_a_return_the_last_answers_are_shown_again():
    house, case = standing("county_review")
    done(house, case, "county_review", outcome="return", reason="收入有误", opinion="请复核")
    done(house, case, "draft_opinion", outcome="resurvey", opinion="重新调查")
    assert "objection_answer" not in {key for key, value in offered(house, case, "resurvey").items() if value}
    done(house, case, "resurvey", method="resurvey", held_on="TODAY", findings="收入 800 元", conclusion="改按 800 元",
         incomes=[{"member": "王建国", "kind": "wage", "amount": 800, "months": 1}])
    done(house, case, "draft_opinion", outcome="resurvey", opinion="再查一次")
    again = offered(house, case, "resurvey")
    assert (again["findings"], again["incomes"][0]["amount"]) == ("收入 800 元", 80_000)


def test_an_outcome_and_its_reasons_are_never_filled_in():
    house, case = standing("county_review")
    done(house, case, "county_review", outcome="return", reason="收入有误", opinion="请复核")
    again = offered(house, case, "draft_opinion")
    assert not again.get("outcome")
    assert not again.get("opinion")
    assert again["amount"] == 60_000   # as computed now, not as answered then
