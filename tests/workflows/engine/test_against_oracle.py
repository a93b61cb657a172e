"""Random drawings, walked at random, against a reference that knows what each block means.

ORACLE_SEEDS=5000 walks longer; a failure prints its seed.
"""

import copy
import os
import random
import re
from collections import Counter

import pytest

from tests.workflows.engine.blocks import Auto, Remind
from tests.workflows.engine.making import Dice, Maker, changed
from tests.workflows.engine.oracle import Oracle, Root
from workflows import engine

SEEDS = int(os.environ.get("ORACLE_SEEDS", "120"))
FIRST = int(os.environ.get("ORACLE_FIRST", "0"))
STEPS = 45
IDS = re.compile(r'\b(id|sourceRef|targetRef|attachedToRef|default|messageRef|errorRef|calledElement)="')
HOST = re.compile(r'<userTask id="(rt\d+)"/>')


class Walk:
    """The engine and the reference, side by side."""

    def __init__(self, bench, seed):
        self.maker, self.now = Maker(seed), bench.now
        self.rng, root = self.maker.random, Root(self.maker)
        self.count = next(self.maker.count)
        self.root, (extra, processes) = root, root.drawn(bench)
        self.drawn = (extra, processes)
        self.drawing = bench.parse(*processes, extra=extra)
        self.other = bench.parse(*map(renamed, processes), extra=IDS.sub(r'\1="r', extra), name="rp")
        self.sign, self.past = "", []
        self.roll()
        self.oracle, self.move = Oracle(root, self.facts), engine.start(self.drawing, self.facts, bench.now)
        self.sizes = [len(self.move.state)]

    def roll(self):
        self.facts = Dice(self.rng, self.count)

    def plain(self, node):
        return (node.node if isinstance(node, engine.Place) else node.id)[len(self.sign) :]

    def waits(self):
        return sorted((self.plain(w.node), -1 if w.item is None else w.item) for w in self.shown(self.move))

    def check(self):
        assert self.waits() == self.oracle.waits()
        assert (self.move.ended is not None) == self.oracle.over
        if self.oracle.over:
            assert (f"{self.sign}bad" in self.move.ends) == self.oracle.live.fired
        assert engine.waiting(self.drawing, self.move.state) == self.move.waiting
        self.sizes.append(len(self.move.state))

    def chosen(self):
        return self.rng.choice(self.shown(self.move))

    @staticmethod
    def shown(move):
        """What the blocks know of: not the reminders of the renamed drawing, nor events that only catch errors."""
        return [w for w in move.waiting if "x_" not in w.node.id and w.kind != "event"]

    # ---- moves -----------------------------------------------------------------------------------------------------

    def step(self):
        place = self.chosen()
        self.past.append((self.move, copy.deepcopy(self.oracle)))
        self.roll()
        self.move = act(self.drawing, self.move.state, place, self.facts, self.now)
        self.told(place)

    def told(self, place):
        self.oracle.step(self.plain(place.node), place.item, self.facts)
        if self.oracle.pruned:      # with what was kept in vain go the reminders beside it
            self.adopt()

    def skip(self):
        place = self.chosen()
        if place.attached_to is None:
            self.roll()
            self.move = engine.skip(self.drawing, self.move.state, place.token, self.facts, self.now)
            self.told(place)
            assert any(visit.what == "skipped" for visit in self.move.visits)

    def send_back(self):
        place = self.chosen()
        name = self.plain(place.node)
        live = self.oracle.at(name, place.item)
        if place.attached_to is not None:
            return
        earlier = engine.earlier(self.drawing, self.move.state, place.token)
        if isinstance(live.block, Remind):
            self.send_back_reminder(place, live, earlier)
            return
        targets = [place for place in earlier if self.plain(place) in self.oracle.named]
        if not targets:
            return
        target, others = self.rng.choice(targets), self.rng.choice(["cancel", "keep"])
        node = self.plain(target)
        if self.oracle.blocked(name, place.item, node):
            self.send_back_again(place, target, others)
            return
        self.roll()
        try:
            self.move = engine.send_back(self.drawing, self.move.state, place.token, target, others, self.facts, self.now)
        except engine.NotReturnable as refusal:
            assert (others, refusal.code) == ("keep", "another_round")
            assert self.oracle.begins_anew(name, place.item, node)
            return
        self.oracle.send_back(live, node, others, self.facts)
        self.adopt()

    def send_back_reminder(self, place, live, earlier):
        """Along its own path it only begins that again; out of it the work goes back, and nothing can be kept."""
        target, others = self.rng.choice(earlier) if earlier else None, self.rng.choice(["cancel", "keep"])
        if target is None:
            return
        node = self.plain(target)
        known = others == "cancel" and node in self.oracle.named and not self.oracle.blocked(self.plain(place.node), place.item, node)
        work = self.oracle.work_beside(live, node) if known else None
        if work is None and node not in live.block.steps:
            self.send_back_again(place, target, others)
            return
        self.roll()
        self.move = engine.send_back(self.drawing, self.move.state, place.token, target, others, self.facts, self.now)
        if work is None:
            live.place = live.block.steps.index(node)
        else:
            self.oracle.send_back(work, node, others, self.facts)
            self.adopt()

    def adopt(self):
        self.oracle.adopt([wait for wait in self.waits() if wait[0].startswith("r")])

    def send_back_again(self, place, target, others):
        """Return while work is kept for an earlier return: tried apart, no work may be lost, doubled or stuck."""
        rng = random.Random(place.token)
        facts = Dice(rng, self.count)
        try:
            move = engine.send_back(self.drawing, self.move.state, place.token, target, others, facts, self.now)
        except engine.NotReturnable as refusal:
            assert others == "keep" and refusal.code in {"another_round", "sent_back_already", "entangled", "with_work"}
            return
        at_once = isinstance(self.oracle.named.get(self.plain(target)), Auto)     # what follows may lead where nothing kept is used
        assert others == "cancel" or at_once or target.path != place.path or not self.lost(place, move)
        for _ in range(STEPS * 10):
            waits = [(w.node.id, w.item) for w in move.waiting if not self.plain(w.node).startswith("r")]
            assert len(waits) == len(set(waits)), "doubled"
            if move.ended is not None:
                break
            move = act(self.drawing, move.state, rng.choice(self.shown(move)), Dice(rng, self.count), self.now)

    def lost(self, place, move):
        """What waited in other places of the same process, and went when all of it was to be kept."""
        went = {closed.token for closed in move.closed if closed.why == "cancelled"} - {place.token}
        return [w for w in self.move.waiting if w.token in went and w.path == place.path and w.kind == "user"]

    def undo(self):
        if self.past and self.past[-1][0] is not None:
            before, oracle = self.past.pop()
            tokens = {w.token for w in before.waiting}
            self.move = engine.undo(self.drawing, self.move.state, before.state, self.move.state, self.now)
            assert {w.token for w in self.move.waiting} == tokens
            assert [w.due_at for w in self.move.waiting] == [w.due_at for w in before.waiting]
            self.oracle = oracle

    def migrate(self):
        mapping = {node: f"r{node}" for node in self.drawing.nodes} if not self.sign else {
            node: node[1:] for node in self.drawing.nodes if not node.startswith("rx_")}
        before = self.move
        self.move = engine.migrate(self.drawing, self.move.state, self.other, mapping, self.facts, self.now)
        back = engine.migrate(self.other, self.move.state, self.drawing, {to: node for node, to in mapping.items()}, {}, self.now)
        assert self.shown(back) == self.shown(before)
        self.drawing, self.other, self.sign = self.other, self.drawing, "" if self.sign else "r"


def act(drawing, state, place, facts, now):
    if place.kind == "message":
        return engine.tell(drawing, state, place.message, facts, now)
    return (engine.fire if place.kind == "timer" else engine.complete)(drawing, state, place.token, facts, now)


def renamed(process):
    """The same process under other names, and with a reminder on each plain task."""
    timer = "<timerEventDefinition><timeDuration>P9D</timeDuration></timerEventDefinition>"
    border = rf'<userTask id="\1"/><boundaryEvent id="rx_\1" attachedToRef="\1" cancelActivity="false">{timer}</boundaryEvent><endEvent id="rx_\1_e"/><sequenceFlow id="rx_\1_f" sourceRef="rx_\1" targetRef="rx_\1_e"/>'
    process = IDS.sub(r'\1="r', process)
    hosts = set(re.findall(r'attachedToRef="(\w+)"', process))
    return HOST.sub(lambda match: match[0] if match[1] in hosts else match.expand(border), process)


def walk(bench, seed, moves):
    case = Walk(bench, seed)
    for _ in range(STEPS):
        case.check()
        if case.oracle.over:
            break
        name = case.rng.choice(moves)
        getattr(case, name)()
        if name != "step":
            case.past.clear()
    assert max(case.sizes) < 2_500
    return case


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS // 2))
def test_a_random_drawing_does_what_its_blocks_mean(bench, seed):
    walk(bench, seed, ["step"])


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_whatever_is_done_to_a_running_case_the_blocks_know_what_comes_next(bench, seed):
    walk(bench, seed, ["step"] * 6 + ["send_back", "send_back", "undo", "migrate", "skip"])


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS // 2))
def test_a_step_undone_after_another_branch_went_on_is_as_if_only_that_had_been_done(bench, seed):
    case = Walk(bench, seed)
    for _ in range(STEPS):
        if len(case.shown(case.move)) > 1:
            undo_beside(case)
        if case.oracle.over:
            break
        case.step()


def undo_beside(case):
    one, other = case.rng.sample(case.shown(case.move), 2)
    drawing, before, facts = case.drawing, case.move, Dice(case.rng, case.count)
    after = act(drawing, before.state, one, facts, case.now)
    if after.ended or other not in after.waiting:
        return
    both, alone = (act(drawing, move.state, other, facts, case.now) for move in (after, before))
    if both.ended or alone.ended:
        return
    try:
        undone = engine.undo(drawing, both.state, before.state, after.state, case.now)
    except engine.TouchedSince as refusal:
        assert refusal.nodes
        return
    assert Counter((w.node.id, w.item, w.path) for w in undone.waiting) == Counter((w.node.id, w.item, w.path) for w in alone.waiting)
    assert len({w.token for w in undone.waiting}) == len(undone.waiting)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS // 2))
def test_a_case_carried_to_a_drawing_with_more_or_less_work_goes_on_as_that_is_drawn(bench, seed):
    case = Walk(bench, seed)
    for _ in range(case.rng.randint(0, 12)):
        case.step()
        if case.oracle.over:
            return
    extra, processes = case.drawn
    processes, more, less = changed(case.maker, case.root, processes)
    new = bench.parse(*processes, extra=extra)
    waits = {place.node.id for place in case.move.waiting}
    plan = dict.fromkeys(less)
    try:
        case.move = engine.migrate(case.drawing, case.move.state, new, plan, case.facts, case.now)
    except engine.NotMigratable as refusal:
        assert {reason.node for reason in refusal.reasons} == waits & less
        return
    assert not waits & less
    case.drawing = new
    for _ in range(STEPS):
        settle(case, more, less)
        case.check()
        if case.oracle.over:
            break
        case.step()


def settle(case, more, less):
    """Do at once what is more than the blocks know of, and let the blocks do at once what is no longer drawn."""
    while True:
        added = next((place for place in case.move.waiting if place.node.id.removeprefix("new_") in more - {place.node.id}), None)
        gone = next(((node, item, live) for node, item, live in case.oracle.live.open() if node in less), None)
        if added:
            case.move = act(case.drawing, case.move.state, added, case.facts, case.now)
        elif gone and not case.oracle.over:
            case.oracle.step(gone[0], gone[1], case.facts)
        else:
            return


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS // 4))
def test_freezing_at_every_step_changes_nothing(bench, seed, monkeypatch):
    def trace():
        case, found = Walk(bench, seed), []
        while not case.oracle.over and len(found) < STEPS:
            case.step()
            found.append((case.move.visits, case.move.opened, case.move.closed, case.move.waiting, case.move.ended))
        return found

    frozen, kept = trace(), []

    def keep(run):
        kept[:] = [run]
        return b""

    def hand_back(drawing, state, machine):
        (run,) = kept
        run.script_engine, run.scribe = machine, type(run.scribe)()
        return run

    monkeypatch.setattr("workflows.engine.running.codec.freeze", keep)
    monkeypatch.setattr("workflows.engine.running.codec.thaw", hand_back)
    assert trace() == frozen
