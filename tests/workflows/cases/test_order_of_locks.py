"""Whoever brings an answer holds the case before its job and the end of its audit chain: no two wait for each other."""

from datetime import timedelta

from tests.small_county import BEGIN, DONE, SmallCounty, service
from workflows.cases import answers, jobs, progress
from workflows.records import audit


def test_an_answer_under_a_lost_claim_is_recorded_with_the_case_held_first(small: SmallCounty, monkeypatch):
    small.draw("jb", BEGIN + service("j", "render_document") + DONE, "begin>j\nj>done")
    small.open("jb")
    later = small.now + timedelta(hours=1)
    with small.work() as session:
        job = jobs.claim(session, small.now)
        number, lost = job.id, job.claims
    with small.work() as session:
        jobs.claim(session, later)
    order = []
    for room, name in ((progress, "locked"), (jobs, "keep"), (audit, "append")):
        def noting(*given, _real=getattr(room, name), _name=name, **named):
            order.append(_name)
            return _real(*given, **named)
        monkeypatch.setattr(room, name, noting)
    with small.work() as session:
        assert not answers.keep(session, number, lost, {}, later)
    assert order == ["locked", "keep", "append"]
