"""The outbox: asked once, taken once, tried again, given up for a person to see."""

from datetime import datetime, timedelta

from workflows.cases import jobs
from workflows.cases.tables import JobState
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
