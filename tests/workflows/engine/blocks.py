"""A grammar of structured drawings: how each block is drawn, and what it means when it runs."""

import itertools

TIMER = "<timerEventDefinition><timeDuration>PT0S</timeDuration></timerEventDefinition>"


class Live:
    """A block that is being done."""

    def __init__(self, block, up=None, item=None):
        self.block, self.up, self.item, self.inner = block, up, item, []
        self.place = self.done = 0
        self.away, self.fired, self.heard = None, False, False
        self.side, self.aside = [], {}

    def put(self, live):
        """Take in an inner one, unless it was over as soon as begun."""
        if live is not None:
            live.up = self
            self.inner.append(live)
        return live

    def beside(self, live):
        """Take in one that runs beside the work."""
        live.up = self
        self.side.append(live)

    def all(self):
        yield self
        for live in (*self.inner, *self.side, *self.aside.values()):
            yield from live.all()

    def open(self):
        """What can happen: (node, item, live)."""
        return [(node, item_of(live), live) for live in self.all() for node in live.block.nodes(live)]

    @property
    def scope(self):
        live = self.up
        while live is not None and not isinstance(live.block, Inner):
            live = live.up
        return live

    def aside_of(self, block):
        """What was kept of a block for a token that comes again."""
        return (self if isinstance(self.block, Inner) else self.scope).aside.pop(block, None)


def item_of(live):
    while live is not None and live.item is None:
        live = live.up
    return None if live is None else live.item


class Out:
    """What is drawn of one process."""

    def __init__(self, bench):
        self.bench, self.nodes, self.flows, self.others, self.extra, self.graph = bench, [], [], [], [], {}

    def flow(self, source, target, condition=""):
        self.flows.append(f"{source}>{target}" + (f" ? {condition}" if condition else ""))
        self.edge(source, target)

    def edge(self, source, target):
        self.graph.setdefault(source, set()).add(target)


class Block:
    parent = None
    parts = ()

    def __deepcopy__(self, memo):
        return self

    def own(self, *parts):
        self.parts = parts
        for part in parts:
            part.parent = self

    def nodes(self, live):
        return ()

    def line(self):
        """The blocks around this one, the outermost first, itself last."""
        return [*(self.parent.line() if self.parent else ()), self]

    def every(self):
        yield self
        for part in self.parts:
            yield from part.every()

    def entered(self, live, part, facts):
        """Begin or go on with a part; whether the whole is over with it."""
        return live.put(part.begin(live, facts)) is None and self.after(live, part, facts)

    def after(self, live, part, facts):
        """A part is over; whether the whole is."""
        return not live.inner


class Task(Block):
    """A user task, alone or with a timer on its border that ends it or not."""

    def __init__(self, maker, calm=False):
        self.id, chance = maker.name("t"), 1 if calm else maker.random.random()
        self.ends = maker.name("b") if chance < 0.2 else None
        self.reminds = Remind(maker) if 0.2 < chance < 0.4 and not maker.plain else None
        self.own(*filter(None, [self.reminds]))

    def draw(self, out):
        out.nodes.append(f'<userTask id="{self.id}"/>')
        timer = self.ends or (self.reminds and self.reminds.timer)
        if timer:
            whether = "true" if self.ends else "false"
            out.nodes.append(f'<boundaryEvent id="{timer}" attachedToRef="{self.id}" cancelActivity="{whether}">{TIMER}</boundaryEvent>')
            out.edge(self.id, timer)
        if self.reminds:
            self.reminds.draw(out)
        if not self.ends:
            return self.id, self.id
        out.nodes.append(f'<exclusiveGateway id="{timer}_m"/>')
        out.flow(self.id, f"{timer}_m")
        out.flow(timer, f"{timer}_m")
        return self.id, f"{timer}_m"

    def begin(self, up, facts):
        return Live(self, up)

    def nodes(self, live):
        return [self.id] + ([self.ends] if self.ends else []) + ([self.reminds.timer] if self.reminds and not live.fired else [])

    def act(self, live, node, facts):
        if self.reminds and node == self.reminds.timer:
            live.fired = True
            live.scope.beside(Live(self.reminds, live.scope, item_of(live)))
            return False
        return True


class Remind(Block):
    """What a timer that ends nothing leads to: two tasks with an end of their own; drawn with its host."""

    def __init__(self, maker):
        self.steps, self.timer = [maker.name("r"), maker.name("r")], maker.name("b")

    def draw(self, out):
        out.nodes += [*(f'<userTask id="{step}"/>' for step in self.steps), f'<endEvent id="{self.timer}_e"/>']
        for source, target in itertools.pairwise([self.timer, *self.steps, f"{self.timer}_e"]):
            out.flow(source, target)

    def nodes(self, live):
        return [self.steps[live.place]]

    def act(self, live, node, facts):
        live.place += 1
        return live.place == len(self.steps)


class Message(Block):
    """A message waited for, by an event or by a receive task."""

    def __init__(self, maker):
        self.id, self.tag = maker.name("m"), maker.random.choice(["intermediateCatchEvent", "receiveTask"])

    def draw(self, out):
        out.extra.append(f'<message id="{self.id}_n" name="{self.id}"/>')
        reference = f'messageRef="{self.id}_n"'
        if self.tag == "receiveTask":
            out.nodes.append(f'<receiveTask id="{self.id}" {reference}/>')
        else:
            out.nodes.append(f'<{self.tag} id="{self.id}"><messageEventDefinition {reference}/></{self.tag}>')
        return self.id, self.id

    def begin(self, up, facts):
        return Live(self, up)

    def nodes(self, live):
        return [self.id]

    def act(self, live, node, facts):
        return True


class Auto(Block):
    """A script: over as soon as begun."""

    def __init__(self, maker):
        self.id = maker.name("s")

    def draw(self, out):
        out.nodes.append(f'<scriptTask id="{self.id}" scriptFormat="feel" camunda:resultVariable="{self.id}"><script>1</script></scriptTask>')
        return self.id, self.id

    def begin(self, up, facts):
        return None


class Seq(Block):
    def __init__(self, *parts):
        self.own(*parts)

    def draw(self, out):
        ends = [part.draw(out) for part in self.parts]
        for a, b in itertools.pairwise(ends):
            out.flow(a[1], b[0])
        return ends[0][0], ends[-1][1]

    def begin(self, up, facts):
        live = Live(self, up)
        return None if self.entered(live, self.parts[0], facts) else live

    def after(self, live, part, facts):
        live.place = self.parts.index(part) + 1
        return live.place == len(self.parts) or self.entered(live, self.parts[live.place], facts)


class Split(Block):
    """Exclusive, parallel or inclusive branches that come together again."""

    def __init__(self, maker, kind, branches):
        self.id, self.kind = maker.name("g"), kind
        self.own(*branches)

    def conditions(self):
        if self.kind == "parallelGateway":
            return [None] * len(self.parts)
        if self.kind == "exclusiveGateway":
            return [f"{self.id} = {n}" for n in range(1, len(self.parts))] + [""]
        return [f"modulo(floor({self.id} / {2**n}), 2) = 1" for n in range(1, len(self.parts))] + [""]

    def taken(self, facts):
        value, count = facts[self.id], len(self.parts)
        if self.kind == "parallelGateway":
            return list(self.parts)
        if self.kind == "exclusiveGateway":
            return [self.parts[value - 1 if 1 <= value < count else count - 1]]
        return [self.parts[n - 1] for n in range(1, count) if value // 2**n % 2] or [self.parts[-1]]

    def draw(self, out):
        default = ""
        for branch, condition in zip(self.parts, self.conditions(), strict=True):
            first, last = branch.draw(out)
            out.flow(self.id, first, condition or "")
            out.flow(last, f"{self.id}_j")
            if condition == "":
                default = f' default="{self.id}_{first}"'
        out.nodes.append(f'<{self.kind} id="{self.id}"{default}/><{self.kind} id="{self.id}_j"/>')
        return self.id, f"{self.id}_j"

    @property
    def forks(self):
        return self.kind != "exclusiveGateway"

    def begin(self, up, facts):
        live = up.aside_of(self) or Live(self, up)
        live.up, live.away, kept = up, None, live.done or set()
        for branch in self.taken(facts):
            if branch not in kept:
                live.put(branch.begin(live, facts))
        live.done = kept | set(self.taken(facts))
        return live if live.inner else None

    def after(self, live, part, facts):
        return not live.inner and live.away is None


class Choice(Block):
    """Whichever event comes first decides."""

    def __init__(self, maker, branches):
        self.id = maker.name("v")
        self.events = [maker.name("m") for _ in branches]
        self.own(*branches)

    def draw(self, out):
        out.nodes.append(f'<eventBasedGateway id="{self.id}"/><exclusiveGateway id="{self.id}_j"/>')
        for event, branch in zip(self.events, self.parts, strict=True):
            out.extra.append(f'<message id="{event}_n" name="{event}"/>')
            out.nodes.append(f'<intermediateCatchEvent id="{event}"><messageEventDefinition messageRef="{event}_n"/></intermediateCatchEvent>')
            first, last = branch.draw(out)
            out.flow(self.id, event)
            out.flow(event, first)
            out.flow(last, f"{self.id}_j")
        return self.id, f"{self.id}_j"

    def begin(self, up, facts):
        return Live(self, up)

    def nodes(self, live):
        return [] if live.inner else self.events

    def act(self, live, node, facts):
        return self.entered(live, self.parts[self.events.index(node)], facts)


class Loop(Block):
    def __init__(self, maker, body):
        self.id = maker.name("l")
        self.own(body)

    def draw(self, out):
        first, last = self.parts[0].draw(out)
        out.nodes.append(f'<exclusiveGateway id="{self.id}_m"/><exclusiveGateway id="{self.id}" default="{self.id}_{self.id}_o"/><exclusiveGateway id="{self.id}_o"/>')
        for source, target, when in ((f"{self.id}_m", first, ""), (last, self.id, ""), (self.id, f"{self.id}_m", f"{self.id} > 3"), (self.id, f"{self.id}_o", "")):
            out.flow(source, target, when)
        return f"{self.id}_m", f"{self.id}_o"

    def begin(self, up, facts):
        live = Live(self, up)
        return None if self.entered(live, self.parts[0], facts) else live

    def after(self, live, part, facts):
        return facts[self.id] <= 3 or self.entered(live, part, facts)


class Inner(Block):
    """An embedded or a called process, some with an event sub-process."""

    def __init__(self, maker, body, called, loop=""):
        self.id, self.called, self.loop = maker.name("c"), called, loop
        self.handler = None if maker.plain or not maker.chance(0.25) else Handler(maker)
        self.own(body, *([self.handler] if self.handler else []))

    def draw(self, out, end=""):
        box = Out(out.bench)
        first, last = self.parts[0].draw(box)
        box.nodes.append(f'<startEvent id="{self.id}_s"/>' + (end or f'<endEvent id="{self.id}_e"/>'))
        box.flow(f"{self.id}_s", first)
        box.flow(last, f"{self.id}_x" if end else f"{self.id}_e")
        if end:
            self.draw_end(box)
        if self.handler:
            self.handler.draw(box)
        self.graph = box.graph
        inside = "".join(box.nodes) + out.bench.flows("\n".join(box.flows))
        if self.called:
            out.others.append(f'<process id="{self.id}_p" isExecutable="true">{inside}</process>')
            out.nodes.append(f'<callActivity id="{self.id}" calledElement="{self.id}_p">{self.loop}</callActivity>')
        else:
            out.nodes.append(f'<subProcess id="{self.id}">{self.loop}{inside}</subProcess>')
        out.others += box.others
        out.extra += box.extra
        return self.id, self.id

    def begin(self, up, facts):
        live = Live(self, up)
        return None if self.entered(live, self.parts[0], facts) else live

    def nodes(self, live):
        return [self.handler.timer] if self.handler and not live.heard else []

    def act(self, live, node, facts):
        live.heard = True
        if self.handler.interrupts:
            live.inner, live.side, live.aside = [], [], {}
        live.beside(self.handler.begin(live, facts))
        return False

    def after(self, live, part, facts):
        if part is self.parts[0]:
            live.aside.clear()
        return not live.inner and not live.side


class Handler(Inner):
    """An event sub-process, begun by a timer: beside the work around it, or in its place."""

    handler = None

    def __init__(self, maker):
        self.id, self.timer, self.interrupts = maker.name("h"), maker.name("b"), maker.chance(0.4)
        self.own(Seq(Task(maker), Task(maker, calm=True)))

    def draw(self, out, end=""):
        box = Out(out.bench)
        first, last = self.parts[0].draw(box)
        box.nodes.append(f'<startEvent id="{self.timer}" isInterrupting="{str(self.interrupts).lower()}">{TIMER}</startEvent><endEvent id="{self.id}_e"/>')
        box.flow(self.timer, first)
        box.flow(last, f"{self.id}_e")
        self.graph = box.graph
        out.nodes.append(f'<subProcess id="{self.id}" triggeredByEvent="true">{"".join(box.nodes)}{out.bench.flows(chr(10).join(box.flows))}</subProcess>')
        out.extra += box.extra
