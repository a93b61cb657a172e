"""A case as the blocks of its drawing mean it: the reference that the engine is held against."""

from itertools import pairwise

from tests.workflows.engine.blocks import Auto, Inner, Live, Loop, Out, Remind, Seq, Split, Task
from tests.workflows.engine.making import Each, Risky


class Root(Inner):
    """The process itself."""

    def __init__(self, maker):
        super().__init__(maker, Seq(Auto(maker), maker.block(4), Task(maker)), called=False)
        self.fails = not maker.plain and maker.chance(0.3)

    def drawn(self, bench):
        out = Out(bench)
        first, last = self.parts[0].draw(out)
        out.nodes.append('<startEvent id="start"/><endEvent id="end"/>')
        out.flow("start", first)
        out.flow(last, "x" if self.fails else "end")
        if self.fails:      # an error that nobody catches ends its own way and no other
            out.nodes.append('<exclusiveGateway id="x" default="x_end"/><endEvent id="bad"><errorEventDefinition errorRef="nobody"/></endEvent>')
            out.extra.append('<error id="nobody" errorCode="nobody"/>')
            out.flow("x", "end")
            out.flow("x", "bad", f"{self.id} > 3")
        if self.handler:
            self.handler.draw(out)
        self.graph = out.graph
        return "".join(out.extra), [bench.process("".join(out.nodes), "\n".join(out.flows)), *out.others]


    def after(self, live, part, facts):
        if part is self.parts[0]:
            live.fired = self.fails and facts[self.id] > 3
        return super().after(live, part, facts)


class Oracle:
    """Knows what waits, and what each move makes of it."""

    def __init__(self, root, facts):
        self.root, self.over, self.pruned = root, False, False
        self.live = root.begin(None, facts)
        self.named = {block.id: block for block in root.every() if hasattr(block, "id")}
        self.named |= {block.id: block for block in root.every() if isinstance(block, Each)}

    def waits(self):
        return [] if self.over else sorted((node, -1 if item is None else item) for node, item, _ in self.live.open())

    def at(self, node, item):
        return next(live for name, its, live in self.live.open() if (name, its) == (node, item))

    def step(self, node, item, facts):
        live = self.at(node, item)
        if live.block.act(live, node, facts):
            self._finished(live, facts)
        self._prune()

    def _finished(self, live, facts):
        while live.up is not None:
            up, scope = live.up, live.scope
            if scope.aside.get(live.block) is live:
                up = self._rejoined(scope, live.block, facts)
            else:
                (up.side if live in up.side else up.inner).remove(live)
            if not up.block.after(up, live.block, facts):
                return
            live = up
        self.over = True

    # ---- returns ---------------------------------------------------------------------------------------------------

    def blocked(self, node, item, target):
        """Whether something was kept before in the process in which this return happens."""
        upper, _ = self._parting(self.at(node, item), self.named[target])
        return bool((upper if isinstance(upper.block, Inner) else upper.scope).aside)

    def begins_anew(self, node, item, target):
        """Whether a return out of a branch or an instance leads to an earlier round of a loop around that."""
        live, block = self.at(node, item), self.named[target]
        upper, child = self._parting(live, block)
        if is_before(block, child.block, upper.block):
            return False
        return any(makes_others(outer.block) for outer, _ in self._below(self._round(upper)[1], live))

    def work_beside(self, live, target):
        """What goes back out of a reminder: the work it accompanies; None when that waits at a join, has ended or stands beside."""
        here, _ = self._parting(live, self.named[target])
        if here is not live.scope:
            return live
        for part in live.block.line()[len(here.block.line()) : -1]:
            inner = next((one for one in here.inner if one.block is part), None)
            if inner is None:
                break
            here = inner
        if makes_others(here.block) or here is live.scope:
            return None
        while here.inner:
            here = here.inner[0]
        block, (upper, child) = self.named[target], self._parting(here, self.named[target])
        again = any(isinstance(outer, Loop) for outer in upper.block.line()) and not makes_others(upper.block)
        return here if again or child.block in block.line() or is_before(block, child.block, upper.block) else None

    def send_back(self, live, target, others, facts):
        block = self.named[target]
        upper, child = self._parting(live, block)
        if others == "keep" and isinstance(child.block, Each) and child.block is block:
            instance = next(one for one in child.inner if one in self._line(live))
            child.inner.remove(instance)
            block.instance(child, instance.item, facts)
            return
        if not is_before(block, child.block, upper.block):
            upper, child = self._round(upper)
        elif others == "keep":
            self._keep(upper, child, live)
        if child in upper.side:
            upper.side.remove(child)
            upper.beside(block.begin(upper, facts))
            return
        upper.inner = [one for one in upper.inner if one is not child]
        chain = block.line()
        chain = chain[chain.index(upper.block) + 1 :]
        if isinstance(upper.block, Seq):
            upper.place = upper.block.parts.index(chain[0])
        if upper.put(self._opened(upper, chain, facts)) is None and upper.block.after(upper, chain[0], facts):
            self._finished(upper, facts)
        self._prune()

    def _parting(self, live, block):
        """The innermost live block around both, and what of it holds the token."""
        line, child = block.line(), live
        while child.up.block not in line or child.up.block is block:
            child = child.up
        return child.up, child

    def _round(self, live):
        """The innermost loop around: its last round is what lies before."""
        while not isinstance(live.block, Loop):
            live = live.up
        return live, live.inner[0]

    def _line(self, live):
        """What a live block is part of, itself first."""
        line = [live]
        while line[-1].up is not None:
            line.append(line[-1].up)
        return line

    def _below(self, child, live):
        """From a live block down to one in it, in pairs, as far as the same process reaches."""
        chain = self._line(live)
        for outer, inner in pairwise(reversed(chain[: chain.index(child) + 1])):
            if isinstance(outer.block, Inner):
                return
            yield outer, inner

    def _keep(self, upper, child, live):
        scope = upper if isinstance(upper.block, Inner) else upper.scope
        for outer, inner in list(self._below(child, live)):
            if makes_others(outer.block):
                outer.inner.remove(inner)
                outer.away = True if inner.item is None else inner.item
                if isinstance(outer.block, Split):
                    outer.done = outer.done - {inner.block}
                outer.up = scope
                scope.aside[outer.block] = outer

    def _opened(self, up, chain, facts):
        block, *rest = chain
        if not rest:
            return block.begin(up, facts)
        live = Live(block, up)
        live.done = opened_ways(block, rest[0])
        if isinstance(block, Seq):
            live.place = block.parts.index(rest[0])
        over = live.put(self._opened(live, rest, facts)) is None and block.after(live, rest[0], facts)
        return None if over else live

    def _rejoined(self, scope, block, facts):
        """An activity that lacked an instance has ended: its token goes on, the one sent back is withdrawn."""
        del scope.aside[block]
        holder, line = scope, block.line()
        for part in line[line.index(scope.block) + 1 :]:
            here = next((live for live in holder.inner if live.block is part), None)
            forked = isinstance(holder.block, Split) and holder.block.forks
            holder.inner = [live for live in holder.inner if forked and live.block is not part]
            if part is block:
                return holder
            kept = scope.aside.pop(part, None)
            if kept is not None:
                kept.away, kept.done = None, kept.done | {part_of(part, line)}
            holder = holder.put(kept or here or Live(part))
        raise AssertionError(block)

    def _prune(self):
        """What was kept for a token that can never come for it is taken away."""
        self.pruned = False
        for scope in [live for live in self.live.all() if live.aside]:
            names = {name for live in scope.inner for name in standing(live)}
            for block in list(scope.aside):
                if not any(leads(scope.block.graph, name, block) for name in names):
                    del scope.aside[block]
                    self.pruned = True

    def adopt(self, sides):
        """Reminders open beside a re-run: take the engine's word for which of them it takes away."""
        for scope in [live for live in self.live.all() if live.side]:
            for live in [live for live in scope.side if isinstance(live.block, Remind)]:
                key = (*live.block.nodes(live), -1 if live.item is None else live.item)
                if key in sides:
                    sides.remove(key)
                else:
                    scope.side.remove(live)


def is_before(block, other, around):
    """Whether a block comes before another in what holds both, not only round a loop."""
    if block is other:
        return True
    part = part_of(around, block.line())
    if isinstance(around, Seq):
        return around.parts.index(part) < around.parts.index(other)
    return isinstance(around, Risky) and part is not other is around.parts[1]


def makes_others(block):
    """Whether a block does several things at a time."""
    return isinstance(block, Each) or (isinstance(block, Split) and block.forks)


def part_of(block, line):
    """The branch of a split in which a line of blocks goes on."""
    return line[line.index(block) + 1]


def standing(live):
    """The nodes of its own process at which a block is being done."""
    if isinstance(live.block, Inner | Each) or live.block.nodes(live):
        yield live.block.id
    else:
        for inner in live.inner:
            yield from standing(inner)


def leads(graph, source, block):
    """Whether flows lead from a node to a block before a loop around that begins a new round."""
    turns = {(loop.id, f"{loop.id}_m") for loop in block.line() if isinstance(loop, Loop)}
    seen, todo = set(), [source]
    while todo:
        here = todo.pop()
        for name in graph.get(here, ()):
            if name not in seen and (here, name) not in turns:
                seen.add(name)
                todo.append(name)
    return block.id in seen


def opened_ways(block, part):
    """Which branches count as done or under way when a block is opened in the middle of one."""
    if not isinstance(block, Split):
        return 0
    return set(block.parts) if block.kind == "parallelGateway" else {part}
