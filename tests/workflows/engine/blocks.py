"""Random structured drawings, and a few lines that know what each block of them means."""

import itertools
import random


class Task:
    def __init__(self, maker):
        self.id = maker.name("t")
        self.timer = maker.name("b") if maker.chance(0.25) else None

    def draw(self, out):
        out.nodes.append(f'<userTask id="{self.id}"/>')
        if self.timer is None:
            return self.id, self.id
        out.nodes.append(
            f'<boundaryEvent id="{self.timer}" attachedToRef="{self.id}"><timerEventDefinition><timeDuration>PT0S'
            f'</timeDuration></timerEventDefinition></boundaryEvent><exclusiveGateway id="{self.timer}_m"/>'
        )
        out.flows += [f"{self.id}>{self.timer}_m", f"{self.timer}>{self.timer}_m"]
        return self.id, f"{self.timer}_m"

    def begin(self, facts):
        return Live(self, [])

    def enabled(self, live):
        return [self.id] + ([self.timer] if self.timer else [])

    def step(self, live, what, facts):
        return what in self.enabled(live)


class Seq:
    def __init__(self, *parts):
        self.parts = parts

    def draw(self, out):
        ends = [part.draw(out) for part in self.parts]
        out.flows += [f"{a[1]}>{b[0]}" for a, b in itertools.pairwise(ends)]
        return ends[0][0], ends[-1][1]

    def begin(self, facts, place=0):
        for at in range(place, len(self.parts)):
            inner = self.parts[at].begin(facts)
            if inner is not None:
                return Live(self, [inner], at)
        return None

    def enabled(self, live):
        return live.inner[0].enabled()

    def step(self, live, what, facts):
        if not live.inner[0].step(what, facts):
            return False
        rest = self.begin(facts, live.place + 1)
        if rest is None:
            return True
        live.inner, live.place = rest.inner, rest.place
        return False


class Auto:
    def __init__(self, maker):
        self.id = maker.name("s")

    def draw(self, out):
        out.nodes.append(
            f'<scriptTask id="{self.id}" scriptFormat="feel" camunda:resultVariable="{self.id}"><script>1</script></scriptTask>'
        )
        return self.id, self.id

    def begin(self, facts):
        return None


class Split:
    def __init__(self, maker, kind, branches):
        self.id, self.kind, self.branches = maker.name("g"), kind, branches

    def conditions(self):
        if self.kind == "parallelGateway":
            return [None] * len(self.branches)
        if self.kind == "exclusiveGateway":
            return [f"{self.id} = {n}" for n in range(1, len(self.branches))] + [""]
        return [f"modulo(floor({self.id} / {2**n}), 2) = 1" for n in range(1, len(self.branches))] + [""]

    def taken(self, facts):
        value, count = facts[self.id], len(self.branches)
        if self.kind == "parallelGateway":
            return list(range(count))
        if self.kind == "exclusiveGateway":
            return [value - 1] if 1 <= value < count else [count - 1]
        return [n - 1 for n in range(1, count) if value // 2**n % 2] or [count - 1]

    def draw(self, out):
        default = ""
        for number, (branch, condition) in enumerate(zip(self.branches, self.conditions(), strict=True)):
            first, last = branch.draw(out)
            out.flows += [f"{self.id}>{first}" + (f" ? {condition}" if condition else ""), f"{last}>{self.id}_j"]
            if condition == "":
                default = f' default="{self.id}_{first}"'
        out.nodes.append(f'<{self.kind} id="{self.id}"{default}/><{self.kind} id="{self.id}_j"/>')
        return self.id, f"{self.id}_j"

    def begin(self, facts):
        inner = [live for live in (self.branches[n].begin(facts) for n in self.taken(facts)) if live is not None]
        return Live(self, inner) if inner else None

    def enabled(self, live):
        return [what for inner in live.inner for what in inner.enabled()]

    def step(self, live, what, facts):
        live.inner = [inner for inner in live.inner if not inner.step(what, facts)]
        return not live.inner


class Loop:
    def __init__(self, maker, body):
        self.id, self.body = maker.name("l"), body

    def draw(self, out):
        first, last = self.body.draw(out)
        out.nodes.append(
            f'<exclusiveGateway id="{self.id}_m"/><exclusiveGateway id="{self.id}" default="{self.id}_{self.id}_o"/>'
        )
        out.nodes.append(f'<exclusiveGateway id="{self.id}_o"/>')
        out.flows += [
            f"{self.id}_m>{first}",
            f"{last}>{self.id}",
            f"{self.id}>{self.id}_m ? {self.id} > 3",
            f"{self.id}>{self.id}_o",
        ]
        return f"{self.id}_m", f"{self.id}_o"

    def begin(self, facts):
        return Live(self, [self.body.begin(facts)])

    def enabled(self, live):
        return live.inner[0].enabled()

    def step(self, live, what, facts):
        if not live.inner[0].step(what, facts):
            return False
        if facts[self.id] > 3:
            live.inner = [self.body.begin(facts)]
            return False
        return True


class Inner:
    def __init__(self, maker, body, called):
        self.id, self.body, self.called = maker.name("c"), body, called

    def draw(self, out):
        box = Out(out.bench)
        first, last = self.body.draw(box)
        box.nodes.append(f'<startEvent id="{self.id}_s"/><endEvent id="{self.id}_e"/>')
        box.flows += [f"{self.id}_s>{first}", f"{last}>{self.id}_e"]
        inside = "".join(box.nodes) + out.bench.flows("\n".join(box.flows))
        if self.called:
            out.others.append(f'<process id="{self.id}_p" isExecutable="true">{inside}</process>')
            out.nodes.append(f'<callActivity id="{self.id}" calledElement="{self.id}_p"/>')
        else:
            out.nodes.append(f'<subProcess id="{self.id}">{inside}</subProcess>')
        out.others += box.others
        return self.id, self.id

    def begin(self, facts):
        return self.body.begin(facts)


class Live:
    def __init__(self, block, inner, place=0):
        self.block, self.inner, self.place = block, inner, place

    def enabled(self):
        return self.block.enabled(self)

    def step(self, what, facts):
        return what in self.enabled() and self.block.step(self, what, facts)


class Out:
    def __init__(self, bench):
        self.bench, self.nodes, self.flows, self.others = bench, [], [], []


class Maker:
    def __init__(self, seed):
        self.random, self.count = random.Random(seed), itertools.count(1)

    def name(self, prefix):
        return f"{prefix}{next(self.count)}"

    def chance(self, share):
        return self.random.random() < share

    def block(self, depth):
        kind = (
            self.random.choice(["task", "seq", "auto", "xor", "and", "or", "loop", "sub", "call"]) if depth else "task"
        )
        if kind in ("xor", "and", "or"):
            gateway = {"xor": "exclusiveGateway", "and": "parallelGateway", "or": "inclusiveGateway"}[kind]
            return Split(self, gateway, [self.block(depth - 1) for _ in range(self.random.randint(2, 3))])
        if kind == "seq":
            return Seq(*(self.block(depth - 1) for _ in range(self.random.randint(2, 3))))
        if kind == "loop":
            return Loop(self, Seq(self.block(depth - 1), Task(self)))
        if kind in ("sub", "call"):
            return Inner(self, self.block(depth - 1), kind == "call")
        return Auto(self) if kind == "auto" else Task(self)


def drawn(bench, maker):
    block = Seq(Auto(maker), maker.block(4), Task(maker))
    out = Out(bench)
    first, last = block.draw(out)
    nodes = '<startEvent id="start"/><endEvent id="end"/>' + "".join(out.nodes)
    return block, bench.parse(
        bench.process(nodes, "\n".join([f"start>{first}", *out.flows, f"{last}>end"])), *out.others
    )


class Dice(dict):
    def __init__(self, rng, count):
        super().__init__({f"{p}{n}": rng.randint(0, 7) for n in range(1, count) for p in "gl"})
