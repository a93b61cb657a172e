"""A hundred random drawings and more, each with a flow or a gateway spoilt: what is said of their ways is what then happens."""

import random
from types import SimpleNamespace

import pytest
from lxml import etree

from tests.workflows.engine.conftest import HEAD, flows_xml, process_xml
from tests.workflows.engine.making import Dice, Maker
from tests.workflows.engine.oracle import Root
from workflows import engine
from workflows.engine import checks

NS = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PEN = SimpleNamespace(process=process_xml, flows=flows_xml)
OF_WAYS = {"unreachable", "no_end", "join_starves", "join_may_starve", "done_twice", "unbounded_loop", "endless_call"}


def spoilt(seed):
    """A random structured drawing in which one flow leads elsewhere, or one join is of the other kind."""
    maker = Maker(seed, plain=True)
    text = "".join(Root(maker).drawn(PEN)[1])
    root, rng = etree.fromstring(f"{HEAD}{text}</definitions>".encode()), maker.random
    joins = [e for e in root.iter(f"{NS}parallelGateway", f"{NS}exclusiveGateway") if str(e.get("id")).endswith("_j")]
    if joins and rng.random() < 0.5:
        join = rng.choice(joins)
        join.tag = NS + ("parallelGateway" if join.tag.endswith("exclusiveGateway") else "exclusiveGateway")
    else:
        flow = rng.choice(list(root.iter(f"{NS}sequenceFlow")))
        beside = [e for e in flow.getparent() if not e.tag.endswith(("startEvent", "boundaryEvent", "sequenceFlow"))]
        flow.set("targetRef", rng.choice(beside).get("id"))
    return {"p.bpmn": etree.tostring(root)}, next(maker.count)


def walk(drawing, rng, count, now):
    """One random walk: what was entered and completed, whether it ended, and whether it got stuck."""
    seen, facts, ended = {"entered": set(), "completed": set()}, Dice(rng, count), None
    try:
        move = engine.start(drawing, facts, now)
        for _ in range(40):
            for visit in move.visits:
                seen.get(visit.what, set()).add(visit.node)
            ended = move.ended
            if not move.waiting:
                break
            chosen, facts = rng.choice(move.waiting), Dice(rng, count)
            act = engine.fire if chosen.kind == "timer" else engine.complete
            move = act(drawing, move.state, chosen.token, facts, now)
    except engine.Stuck as stuck:
        return seen, None, stuck.nodes
    except engine.EngineError:
        return seen, None, ()
    return seen, ended, ()


@pytest.mark.parametrize("batch", range(6))
def test_what_is_said_of_a_drawings_ways_is_what_happens(bench, monkeypatch, batch):
    found = 0
    for seed in range(batch * 1_000, batch * 1_000 + 20):
        files, count = spoilt(seed)
        findings = engine.check(files, "p")
        if any(f.severity == "error" and f.code not in OF_WAYS for f in findings):
            continue
        said = {code: {f.element_id for f in findings if f.code == code} for code in OF_WAYS}
        with monkeypatch.context() as patched:
            patched.setattr(checks, "check_ways", lambda _processes, _instant: ())
            drawing = engine.parse(files, "p")
        for number in range(3):
            seen, ended, stuck = walk(drawing, random.Random(number), count, bench.now)
            assert not said["unreachable"] & seen["entered"], seed
            assert not said["join_starves"] & seen["completed"], seed
            assert not (said["no_end"] & seen["entered"] and ended), seed
            assert not stuck or any(said.values()), f"{seed}: stuck at {stuck}, and nothing was said"
        found += any(said.values())
    assert found > 3
