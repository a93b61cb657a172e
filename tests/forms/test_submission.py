"""A page's flat names become nested answers; rows and files come and go without script."""

import pytest

from forms import answers
from forms.answers import Change, Staged


@pytest.fixture
def form(shipped):
    return shipped("dibao/application")


def test_flat_names_become_nested_answers(form):
    raw = answers.from_html(form, [
        ("applicant_name", "王秀英"), ("reasons", "illness"), ("reasons", "other"), ("promise", "true"),
        ("members[0]._row", "1"), ("members[0].name", "王秀英"), ("members[0].living_together", "true"),
        ("members[3]._row", "1"), ("csrf", "x"), ("members[x].name", "no"), ("stranger", "no")])
    assert raw["applicant_name"] == "王秀英"
    assert raw["reasons"] == ["illness", "other"]
    assert raw["promise"] is True
    assert [row["name"] for row in raw["members"]] == ["王秀英", None]
    assert [row["living_together"] for row in raw["members"]] == [True, False]
    assert "stranger" not in raw


def test_rows_sort_by_number_not_by_text(form):
    items = [(f"members[{place}].name", str(place)) for place in (10, 9, 0)]
    assert [row["name"] for row in answers.from_html(form, items)["members"]] == ["0", "9", "10"]


def test_an_uploaded_file_is_staged_once_and_kept_by_its_token(form):
    def stage(path, upload):
        return Staged("new", str(upload), 3, "image/png") if path == "attachments" else None

    raw = answers.from_html(form, [("attachments", "old"), ("attachments", b"bytes"), ("attachments", "[object File]"),
                                   ("attachments", "")], stage)
    assert raw["attachments"] == ["old", "new"]


def test_a_single_file_replaces_the_one_before(form_of):
    form = form_of({"type": "filepicker", "key": "paper"})
    raw = answers.from_html(form, [("paper", "old"), ("paper", b"x")], lambda _p, _u: Staged("new", "x", 1, "a/b"))
    assert raw["paper"] == ["new"]
    assert answers.from_html(form, [("paper", "old"), ("paper", b"")], lambda _p, _u: None)["paper"] == ["old"]


def test_a_change_is_told_from_a_submission():
    assert answers.change_in([("a", "1")]) is None
    assert answers.change_in([("a", "1"), ("_add", "members")]) == Change("add", "members")
    assert answers.change_in([("_remove", "members[1]")]) == Change("remove", "members[1]")


def test_a_row_is_added_with_its_defaults(form, today):
    raw = answers.changed(form, {"members": [{"name": "王"}], "phone": "1"}, Change("add", "members"), {}, today)
    assert raw["phone"] == "1"
    assert [row["name"] for row in raw["members"]] == ["王", None]
    assert raw["members"][1]["living_together"] is True


def test_a_full_list_takes_no_more(form, today):
    raw = {"members": [{"name": "王"}] * 20}
    assert len(answers.changed(form, raw, Change("add", "members"), {}, today)["members"]) == 20


def test_a_row_or_a_file_is_taken_away(form, today):
    raw = {"members": [{"name": "a"}, {"name": "b"}], "attachments": ["x", "y"]}
    assert answers.changed(form, raw, Change("remove", "members[0]"), {}, today)["members"] == [{"name": "b"}]
    assert answers.changed(form, raw, Change("remove", "attachments[1]"), {}, today)["attachments"] == ["x"]
    assert len(raw["members"]) == 2


@pytest.mark.parametrize(("does", "path"), [
    ("remove", "members[9]"), ("remove", "members"), ("remove", "reasons[0]"), ("remove", "nothing[0]"),
    ("remove", "members[0].name"), ("add", "reasons"), ("add", "nothing"), ("refresh", "form"), ("remove", "")])
def test_a_nonsensical_wish_changes_nothing(form, today, does, path):
    raw = {"members": [{"name": "a"}], "reasons": ["illness"]}
    assert answers.changed(form, raw, Change(does, path), {}, today) == raw


def test_looking_keeps_blank_rows_and_complains_of_nothing(form, today):
    seen = answers.look(form, {"members": [{"name": "王"}, {}]}, {}, today)
    assert len(seen.typed["members"]) == 2
    assert not seen.errors
    assert "agent_name" in seen.hidden
    assert "members[0].illness" in seen.hidden


def test_the_cursor_goes_where_the_page_changed(form):
    raw = {"members": [{"name": "a"}, {"name": None}]}
    assert answers.cursor(form, raw, Change("add", "members")) == "members[1].name"
    assert answers.cursor(form, raw, Change("remove", "members[2]")) == "members"
    assert answers.cursor(form, raw, Change("refresh", "form")) == ""
