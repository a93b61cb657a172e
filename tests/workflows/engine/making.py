"""The grammar's larger blocks, and the maker that throws the dice for a drawing."""

import itertools
import random
from functools import partial

from tests.workflows.engine.blocks import Auto, Block, Choice, Inner, Live, Loop, Message, Seq, Split, Task


class Doubtful(Inner):
    """A sub-process that may end in an error."""

    def draw(self, out):
        out.extra.append(f'<error id="{self.id}_n" errorCode="{self.id}"/>')
        return Inner.draw(self, out, f'<endEvent id="{self.id}_bad">{self.error()}</endEvent>')

    def draw_end(self, box):
        box.nodes.append(f'<exclusiveGateway id="{self.id}_x" default="{self.id}_x_{self.id}_e"/><endEvent id="{self.id}_e"/>')
        box.flow(f"{self.id}_x", f"{self.id}_bad", f"{self.id} > 3")
        box.flow(f"{self.id}_x", f"{self.id}_e")

    def error(self):
        return f'<errorEventDefinition errorRef="{self.id}_n"/>'

    def after(self, live, part, facts):
        if part is self.parts[0] and facts[self.id] > 3:
            live.up.fired = True
            return True
        return super().after(live, part, facts)


class Risky(Block):
    """A sub-process whose error leads to other work."""

    def __init__(self, maker, body, rescue):
        self.own(Doubtful(maker, body, called=False), rescue)

    def draw(self, out):
        inner, rescue = self.parts
        inner.draw(out)
        first, last = rescue.draw(out)
        out.nodes.append(f'<boundaryEvent id="{inner.id}_c" attachedToRef="{inner.id}">{inner.error()}</boundaryEvent><exclusiveGateway id="{inner.id}_j"/>')
        out.edge(inner.id, f"{inner.id}_c")
        for source, target in ((inner.id, f"{inner.id}_j"), (f"{inner.id}_c", first), (last, f"{inner.id}_j")):
            out.flow(source, target)
        return inner.id, f"{inner.id}_j"

    def begin(self, up, facts):
        live = Live(self, up)
        live.put(self.parts[0].begin(live, facts))
        return live

    def after(self, live, part, facts):
        failed, live.fired = live.fired, False
        return not (failed and part is self.parts[0]) or self.entered(live, self.parts[1], facts)


class Each(Block):
    """An activity done for each of several items, till enough are done."""

    def __init__(self, maker, body):
        self.id, self.count, self.sequential = body.id, maker.random.randint(2, 4), maker.chance(0.4)
        self.enough = maker.random.choice([None, 1, 2])
        self.own(body)

    def draw(self, out):
        enough = f"<completionCondition>nrOfCompletedInstances >= {self.enough}</completionCondition>" if self.enough else ""
        items = list(range(self.count))
        loop = f'<multiInstanceLoopCharacteristics isSequential="{str(self.sequential).lower()}" camunda:collection="={items}" camunda:elementVariable="one">{enough}</multiInstanceLoopCharacteristics>'
        self.parts[0].loop = loop
        ends = self.parts[0].draw(out)
        if isinstance(self.parts[0], Task):
            out.nodes[-1] = f'<userTask id="{self.id}">{loop}</userTask>'
        return ends

    def begin(self, up, facts):
        live = up.aside_of(self)
        if live is not None:
            live.up, item, live.away = up, live.away, None
            self.instance(live, item, facts)
            return live
        live = Live(self, up)
        for item in range(1 if self.sequential else self.count):
            self.instance(live, item, facts)
        live.place = len(live.inner)
        return live

    def instance(self, live, item, facts):
        live.put(self.parts[0].begin(live, facts)).item = item

    def after(self, live, part, facts):
        live.done += 1
        if live.done == self.count or live.done == self.enough:
            live.inner = []
            return True
        if self.sequential:
            self.instance(live, live.place, facts)
            live.place += 1
        return False


class Maker:
    """Throws the dice for a drawing; a plain one knows only people's work, timers that end it, and gateways."""

    def __init__(self, seed, plain=False):
        self.random, self.count, self.plain = random.Random(seed), itertools.count(1), plain

    def name(self, prefix):
        return f"{prefix}{next(self.count)}"

    def chance(self, share):
        return self.random.random() < share

    def block(self, depth, calm=False):
        kinds = ["task", "seq", "auto", "exclusive", "parallel", "inclusive", "loop"]
        kinds += [] if calm else ["sub", "call"]
        kinds += [] if calm or self.plain else ["message", "choice", "each", "risky"]
        kind = self.random.choice(kinds) if depth else "task"
        more = partial(self.block, depth - 1, calm)

        def some():
            return [more() for _ in range(self.random.randint(2, 3))]

        makers = {
            "task": lambda: Task(self, calm), "auto": lambda: Auto(self), "seq": lambda: Seq(*some()),
            "loop": lambda: Loop(self, Seq(more(), Task(self, calm))), "message": lambda: Message(self),
            "sub": lambda: Inner(self, more(), called=False), "call": lambda: Inner(self, more(), called=True),
            "choice": lambda: Choice(self, some()), "risky": lambda: Risky(self, Seq(Task(self), more()), more()),
            "each": self.each,
        }
        return makers[kind]() if kind in makers else Split(self, f"{kind}Gateway", some())

    def each(self):
        if self.chance(0.5):
            return Each(self, Task(self, calm=True))
        return Each(self, Inner(self, Seq(Task(self, calm=True), self.block(2, calm=True)), called=self.chance(0.4)))


class Dice(dict):
    """Facts for all the gateways that a drawing of so many names can have."""

    def __init__(self, rng, count):
        super().__init__({f"{p}{n}": rng.randint(0, 7) for n in range(1, count) for p in "glc"})


def changed(maker, root, processes):
    """The same processes with more work behind some tasks and without some others; which were added, which removed."""
    loose = [block for block in root.every() if isinstance(block, Task) and not block.ends and not block.reminds
             and not any(isinstance(outer, Loop | Each) for outer in block.line())]
    chosen = [(block.id, maker.chance(0.5)) for block in loose if maker.chance(0.5)]
    for node, more in chosen:
        plain = f'<userTask id="{node}"/>'
        if more:
            processes = [process.replace(f'sourceRef="{node}"', f'sourceRef="new_{node}"').replace(
                plain, f'{plain}<userTask id="new_{node}"/><sequenceFlow id="to_{node}" sourceRef="{node}" targetRef="new_{node}"/>')
                for process in processes]
        else:
            processes = [process.replace(plain, f'<exclusiveGateway id="gone_{node}"/>').replace(f'"{node}"', f'"gone_{node}"')
                         for process in processes]
    return processes, {node for node, more in chosen if more}, {node for node, more in chosen if not more}
