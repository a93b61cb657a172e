"""Hundreds of random drawings, walked at random, against a few lines that know what each block means."""

import random

import pytest

from tests.workflows.engine.blocks import Dice, Maker, drawn
from workflows import engine


@pytest.mark.parametrize("seed", range(240))
def test_a_random_drawing_does_what_its_blocks_mean(bench, seed):
    maker = Maker(seed)
    block, drawing = drawn(bench, maker)
    count = next(maker.count)
    facts = Dice(maker.random, count)
    live = block.begin(facts)
    move = engine.start(drawing, facts, bench.now)
    sizes = []
    for _ in range(60):
        assert sorted(w.node.id for w in move.waiting) == sorted(live.enabled())
        sizes.append(len(move.state))
        chosen = maker.random.choice(move.waiting)
        facts = Dice(maker.random, count)
        act = engine.fire if chosen.kind == "timer" else engine.complete
        move = act(drawing, move.state, chosen.token, facts, bench.now)
        if live.step(chosen.node.id, facts):
            assert (move.ended, move.waiting) == ("end", ())
            return
        assert move.ended is None
    assert max(sizes) < 1_500


@pytest.mark.parametrize("seed", range(240, 300))
def test_freezing_at_every_step_changes_nothing(bench, seed, monkeypatch):
    _, drawing = drawn(bench, Maker(seed))

    def walk():
        rng = random.Random(seed)
        facts = Dice(rng, 200)
        move = engine.start(drawing, facts, bench.now)
        trace = [(move.visits, move.waiting)]
        while move.waiting and len(trace) < 40:
            chosen, facts = rng.choice(move.waiting), Dice(rng, 200)
            act = engine.fire if chosen.kind == "timer" else engine.complete
            move = act(drawing, move.state, chosen.token, facts, bench.now)
            trace.append((move.visits, move.opened, move.closed, move.waiting, move.ended))
        return trace

    frozen = walk()
    kept = []

    def keep(run):
        kept[:] = [run]
        return b""

    def hand_back(drawing, state, machine):
        (run,) = kept
        run.script_engine, run.scribe = machine, type(run.scribe)()
        return run

    monkeypatch.setattr("workflows.engine.codec.freeze", keep)
    monkeypatch.setattr("workflows.engine.codec.thaw", hand_back)
    assert walk() == frozen
