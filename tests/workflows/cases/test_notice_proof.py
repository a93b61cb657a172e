"""公示证明: that a notice stood can be proved, from its posting with a photo to its coming down by itself."""

import hashlib
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlmodel import select

from tests.makers import at, bureau, case_at, done, standing
from workflows.cases import due, facts, world
from workflows.cases.notice import notices, objections, taking_down
from workflows.cases.papers import documents
from workflows.cases.tables import Notice, Objection
from workflows.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from workflows.messages import say
from workflows.office import people, rates, working_days

POSTED = {"place": "村务公开栏", "posted_by": "张贴员"}


def posted(day="2024-03-18"):
    """DB-1's notice, posted and confirmed that day."""
    house, case = standing("confirm_posting")
    house.pass_time(at(day))
    done(house, case, "confirm_posting", "village1", posted_on=day, **POSTED)
    return house, case


def proofs(house, case):
    """What the proofs of a case say, oldest first."""
    with house.work() as session:
        return [facts.decode(paper.data) for paper in documents.of_case(session, case.id) if paper.kind == "notice_proof"]


def object_to(house, case):
    """Somebody objects without a name."""
    with house.work() as session:
        return objections.object_to(session, world.latest_notice(session, case).id, "有门面", "", "", house.now)


def test_without_a_photo_the_posting_is_refused_beside_the_field():
    house, case = standing("confirm_posting")
    with pytest.raises(Invalid) as refusal:
        done(house, case, "confirm_posting", "village1", posted_on="2024-03-18", photos=[], **POSTED)
    assert [(error.path, say(error.message, "zh_CN")) for error in refusal.value.errors] == [
        ("photos", "请至少上传 1 张张贴照片，作为张贴凭证。")]


def test_where_the_place_asks_for_none_none_is_needed():
    house = bureau(notice_photos_min=0)
    case = case_at(house, "confirm_posting")
    done(house, case, "confirm_posting", "village1", posted_on="TODAY", photos=[], **POSTED)
    with house.work() as session:
        assert world.latest_notice(session, case).photos == []


def test_the_proof_says_from_when_to_when_it_hung_and_its_hash_can_be_counted_again():
    house, case = posted("2024-04-26")
    begun = house.now
    house.pass_time(at("2024-05-07"))
    proof, = proofs(house, case)
    with house.work() as session:
        notice = world.latest_notice(session, case)
        shown, photo = notices.text(notice.shown), notice.photos
    assert (proof["posted_on"], proof["ends_on"]) == (date(2024, 4, 26), date(2024, 5, 6))
    assert (proof["online_from"], proof["online_to"]) == (begun, working_days.end_of(date(2024, 5, 6)))
    assert proof["sha256"] == hashlib.sha256(shown.encode()).hexdigest()
    assert "王建国" in shown
    assert proof["photos"] == photo
    assert len(photo) == 1
    assert proof["counted"].startswith("自张贴次日（2024年4月27日）起算，公示7日，第7日为2024年5月3日，该日为劳动节，顺延至其后第一个工作日2024年5月6日")
    assert (proof["objections"], proof["place"], proof["posted_by"]) == (0, "村务公开栏", "张贴员")


def test_a_notice_objected_to_still_hangs_its_days_and_is_proved_when_it_comes_down():
    house, case = posted()
    object_to(house, case)
    house.pass_time(at("2024-03-25"))
    assert proofs(house, case) == []
    house.pass_time(at("2024-03-26"))
    proof, = proofs(house, case)
    assert proof["objections"] == 1
    with house.work() as session:
        assert world.latest_notice(session, case).taken_down_at == working_days.end_of(date(2024, 3, 25))


def test_it_comes_down_once_whoever_comes_first():
    house, case = posted()
    object_to(house, case)
    house.pass_time(at("2024-03-27"))
    with house.work() as session:
        notice = world.latest_notice(session, case)
        assert taking_down.fire(session, notice.id, house.now) is False
        assert due.SOURCES[due.NOTICE].room.due(session, house.now) == 0
    assert len(proofs(house, case)) == 1


def test_one_that_could_not_come_down_is_tried_again_and_shown_as_failing():
    house, case = posted()
    object_to(house, case)
    with house.work() as session:
        notice = world.latest_notice(session, case)
        due.postpone(session, notice.id, "Stuck", notice.ends_at, kind=due.NOTICE)
        assert [one.id for one in due.failing(session, due.NOTICE)] == [notice.id]
    house.pass_time(working_days.end_of(date(2024, 3, 25)))
    assert proofs(house, case) == []
    house.pass_time(working_days.end_of(date(2024, 3, 25)) + timedelta(minutes=6))
    assert len(proofs(house, case)) == 1


def test_where_the_rule_says_so_the_township_looks_at_the_photo_first():
    house = bureau()
    with house.work() as session:
        _rule(session, house, "public_notice.notice_photo_check")
    case = case_at(house, "confirm_posting")
    done(house, case, "confirm_posting", "village1", posted_on="TODAY", **POSTED)
    done(house, case, "check_posting", "town_clerk1", outcome="again", reason="照片看不清")
    done(house, case, "confirm_posting", "village1", posted_on="TODAY", **POSTED)
    with house.work() as session:
        assert notices.current(session, house.now) == []
    done(house, case, "check_posting", "town_clerk1", outcome="accept")
    with house.work() as session:
        assert [one.case_id for one in notices.current(session, house.now)] == [case.id]


def test_where_the_rule_says_so_the_paper_must_be_off_the_wall_too_and_the_proof_says_so():
    house = bureau()
    with house.work() as session:
        _rule(session, house, "public_notice.notice_removal")
    case = case_at(house, "confirm_removal")
    with pytest.raises(Invalid) as refusal:
        done(house, case, "confirm_removal", "village1", removed_on="TODAY", photos=[])
    assert [error.path for error in refusal.value.errors] == ["photos"]
    with pytest.raises(Invalid) as refusal:
        done(house, case, "confirm_removal", "village1", removed_on="2024-03-20", statement="已取下")
    assert [error.path for error in refusal.value.errors] == ["removed_on"]
    done(house, case, "confirm_removal", "village1", removed_on="TODAY", statement="村会计取下", photos=[])
    first, last = proofs(house, case)
    assert first["removed"] is None
    assert last["removed"].endswith("取下：村会计取下")


def _rule(session, house, code):
    """The county asks for it."""
    rates.set_local(session, code, True, scope="990101", valid_from=date(2024, 1, 1), source="本地规定",
                    who=people.by_login(session, "county_lead1"), now=house.now)


# ---- the receipt -------------------------------------------------------------------------------------------------

def test_with_receipt_and_code_the_objector_reads_the_answer_and_nobody_else_does():
    house, case = posted()
    receipt = object_to(house, case)
    with house.work() as session:
        assert objections.read(session, receipt.number, receipt.secret.lower()).answered_at is None
        for number, secret in ((receipt.number, "A" * 10), (receipt.number, ""), ("YY2024031899999", receipt.secret)):
            with pytest.raises(NotFound):
                objections.read(session, number, secret)
        assert receipt.secret not in session.exec(select(Objection)).one().secret
    house.pass_time(at("2024-03-22"))
    done(house, case, "resurvey", method="resurvey", held_on="TODAY", findings="未发现", conclusion="维持", objection_answer="经查不属实")
    with house.work() as session:
        assert objections.read(session, receipt.number, receipt.secret).answer == "经查不属实"


def test_a_late_objection_is_answered_by_the_township_once():
    house, case = posted()
    house.pass_time(at("2024-03-27"))
    receipt = object_to(house, case)
    with house.work() as session:
        clerk, village = people.by_login(session, "town_clerk1"), people.by_login(session, "village1")
        with pytest.raises(NotAllowed):
            objections.answer(session, receipt.objection.id, "不属实", village, house.now)
        objections.answer(session, receipt.objection.id, "经查不属实", clerk, house.now)
        with pytest.raises(Conflict):
            objections.answer(session, receipt.objection.id, "再答", clerk, house.now)
        assert objections.read(session, receipt.number, receipt.secret).answer == "经查不属实"


def test_a_withdrawn_notice_takes_no_word_any_more():
    house, case = posted()
    with house.work() as session:
        notice = session.exec(select(Notice).where(Notice.case_id == case.id)).one()
        notice.withdrawn = "退回重审"
        session.add(notice)
        session.flush()
        with pytest.raises(Gone):
            objections.object_to(session, notice.id, "有车", "", "", house.now)


# ---- every day of the years whose holidays are published -----------------------------------------------------------

@settings(max_examples=150, deadline=None)
@given(day=some.dates(date(2024, 1, 1), date(2026, 11, 30)), days=some.integers(1, 30), unit=some.sampled_from(["CD", "WD"]))
def test_it_never_ends_on_a_day_off_and_stands_at_least_its_days(day, days, unit):
    calendar = working_days.national()
    last = calendar.due(day, days, unit, rolls=True).day
    assert calendar.is_working(last)
    assert calendar.used(day, last, unit) >= days
    assert not any(calendar.is_working(day + timedelta(days=n)) and calendar.used(day, day + timedelta(days=n), unit) >= days
                   for n in range((last - day).days))
    assert last > day
