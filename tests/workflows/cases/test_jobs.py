"""The outbox: asked once, taken once, tried again, given up for a person to see."""

from datetime import datetime, timedelta

from tasks import worker
from tests.makers import at_once
from tests.small_county import BEGIN, DONE, service
from workflows import engine
from workflows.cases import answers, jobs, progress
from workflows.cases.tables import JobState
from workflows.records import audit
from workflows.records.types import CHINA

NOW = datetime(2024, 3, 4, 9, tzinfo=CHINA)


def test_asked_twice_under_one_key_is_asked_once(session):
    assert jobs.ask(session, "pay", "k", {"a": 1}, NOW).id == jobs.ask(session, "pay", "k", {"a": 2}, NOW).id


def test_a_job_is_taken_by_one_worker_only(session):
    jobs.ask(session, "pay", "k", {}, NOW)
    assert jobs.claim(session, NOW) is not None
    assert jobs.claim(session, NOW) is None


def test_a_silent_workers_job_is_taken_again(session):
    jobs.ask(session, "pay", "k", {}, NOW)
    jobs.claim(session, NOW)
    again = jobs.claim(session, NOW + jobs.LEASE + timedelta(seconds=1))
    assert again is not None
    assert again.attempts == 2


def test_a_job_whose_workers_all_go_silent_is_given_up_with_a_reason(session):
    job, now = jobs.ask(session, "pay", "k", {}, NOW), NOW
    for attempt in range(1, jobs.ATTEMPTS + 1):
        assert jobs.claim(session, now).attempts == attempt
        now += jobs.LEASE + timedelta(seconds=1)
    other = jobs.ask(session, "pay", "other", {}, NOW)
    assert jobs.claim(session, now) is other
    assert (job.state, job.attempts, job.finished_at) == (JobState.FAILED, jobs.ATTEMPTS, now)
    assert "silent" in job.error


def test_a_failed_job_waits_longer_each_time_and_is_given_up_at_last(session):
    job = jobs.ask(session, "pay", "k", {}, NOW)
    now, waits = NOW, []
    for _ in range(jobs.ATTEMPTS):
        taken = jobs.claim(session, now)
        assert taken is not None
        jobs.fail(session, taken.id, "unreachable", now)
        waits.append(job.not_before - now)
        now = job.not_before
    assert waits == sorted(waits)
    assert job.state == JobState.FAILED
    assert jobs.claim(session, now + timedelta(days=1)) is None
    assert jobs.failed(session) == [job]
    jobs.retry(session, job.id, now)
    assert jobs.claim(session, now) is job


def test_a_finished_job_is_never_taken_again(session):
    jobs.ask(session, "pay", "k", {}, NOW)
    taken = jobs.claim(session, NOW)
    jobs.finish(session, taken.id, NOW)
    assert jobs.claim(session, NOW + timedelta(days=9)) is None


def test_the_answer_of_a_worker_whose_lease_was_taken_is_recorded_and_completes_nothing(session):
    job = jobs.ask(session, "pay", "k", {}, NOW)
    slow = jobs.claim(session, NOW).claims
    fast = jobs.claim(session, NOW + jobs.LEASE + timedelta(seconds=1)).claims
    assert not answers.keep(session, job.id, slow, {"paid": 1}, NOW)
    jobs.fail(session, job.id, "timeout", NOW, claim=slow)
    assert (job.state, job.error) == (JobState.RUNNING, "")
    assert answers.keep(session, job.id, fast, {"paid": 2}, NOW)
    assert not answers.keep(session, job.id, fast, {"paid": 3}, NOW)
    session.refresh(job)
    assert (job.state, job.answer) == (JobState.DONE, {"paid": 2})
    assert [event.action for event in audit.events(session, "office")] == ["job.stale", "job.stale"]


def test_a_claim_of_before_a_new_start_by_hand_never_counts_again(session):
    job = jobs.ask(session, "pay", "k", {}, NOW)
    old = jobs.claim(session, NOW).claims
    jobs.fail(session, job.id, "no", NOW, final=True)
    jobs.retry(session, job.id, NOW)
    jobs.claim(session, NOW)
    assert not answers.keep(session, job.id, old, {}, NOW)


def test_two_workers_share_the_jobs_and_do_each_once(either, works_on):
    works_on(either)
    with either.work() as session:
        for number in range(20):
            jobs.ask(session, "ring", f"k{number}", {}, either.now)
    rung = []
    bells = {"ring": lambda _payload, key: rung.append(key)}

    def work():
        while worker.do_one(lambda _session: either.now, bells):
            pass

    assert at_once(work, work) == [None, None]
    assert sorted(rung) == sorted(f"k{number}" for number in range(20))


def test_an_answer_its_case_could_not_take_is_kept_and_the_work_not_done_again(small, works_on, monkeypatch):
    small.draw("errand", BEGIN + service("ask", "render_document") + DONE, "begin>ask\nask>done")
    works_on(small)
    case, done = small.open("errand"), []
    bells = {"render_document": lambda _payload, key: done.append(key)}
    with monkeypatch.context() as broken:
        broken.setattr(progress, "move", lambda *_: (_ for _ in ()).throw(engine.Stuck(["ask"])))
        worker.do_one(lambda _session: small.now, bells)
    assert (len(done), small.case(case).state) == (1, "running")
    later = small.now + timedelta(minutes=1)
    assert worker.turn(lambda _session: later, bells) == 1
    assert (len(done), small.case(case).state) == (1, "done")
