"""A case may be corrected for years: its state stays as small and its steps as quick as on the first day."""

import time
from concurrent.futures import ThreadPoolExecutor

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'
TIMER = "<timerEventDefinition><timeDuration>P7D</timeDuration></timerEventDefinition>"
CORRECTION = (
    ENDS
    + '<userTask id="review"/><boundaryEvent id="late" attachedToRef="review" cancelActivity="false">'
    + TIMER
    + '</boundaryEvent><endEvent id="reminded"/><exclusiveGateway id="ok" default="ok_split"/>'
    '<parallelGateway id="split"/><userTask id="fix"/><userTask id="visit"/><parallelGateway id="join"/>'
)
FLOWS = (
    "start>review\nlate>reminded\nreview>ok\nok>end ? passed\nok>split\nsplit>fix\nsplit>visit\nfix>join\nvisit>join\n"
    "join>review"
)


def rounds(drawing, now, count, order=("fix", "visit")):
    move = engine.start(drawing, {}, now)
    sizes = []
    for number in range(count):
        for name in ("review", *(order if number % 2 else order[::-1])):
            token = next(w.token for w in move.waiting if w.node.id == name)
            move = engine.complete(drawing, move.state, token, {"passed": False}, now)
        assert [w.node.id for w in move.waiting] == ["review", "late"]
        sizes.append(len(move.state))
    return move, sizes


def test_a_correction_loop_with_a_timer_and_parallel_work_stays_flat(draw, bench):
    drawing = draw(CORRECTION, FLOWS)
    move, sizes = rounds(drawing, bench.now, 10_000)
    assert max(sizes) <= min(sizes) + 8
    assert max(sizes) < 400
    token = next(w.token for w in move.waiting if w.node.id == "review")
    assert engine.complete(drawing, move.state, token, {"passed": True}, bench.now).ended == "end"


def test_ten_thousand_rounds_of_a_short_loop(draw, bench):
    nodes = ENDS + '<userTask id="review"/><exclusiveGateway id="ok" default="ok_review"/>'
    drawing = draw(nodes, "start>review\nreview>ok\nok>review\nok>end ? passed")
    move = engine.start(drawing, {}, bench.now)
    begun = time.perf_counter()
    for _ in range(10_000):
        move = engine.complete(drawing, move.state, move.waiting[0].token, {"passed": False}, bench.now)
    assert time.perf_counter() - begun < 20
    assert len(move.state) < 200


def test_a_called_process_inside_a_loop_leaves_nothing_behind(draw, bench):
    inner = (
        '<process id="q" isExecutable="true"><startEvent id="begin"/><userTask id="inner"/><endEvent id="close"/>'
        + bench.flows("begin>inner\ninner>close", prefix="q_")
        + "</process>"
    )
    nodes = (
        ENDS + '<callActivity id="call" calledElement="q"/><exclusiveGateway id="ok" default="ok_call"/>'
        f'<boundaryEvent id="late" attachedToRef="call">{TIMER}</boundaryEvent>'
    )
    drawing = draw(nodes, "start>call\ncall>ok\nok>call\nok>end ? passed\nlate>call", inner)
    case = bench.Case(drawing, passed=False)
    first = len(case.move.state)
    for _ in range(400):
        case.done("inner")
        assert case.waits == ["inner", "late"]
    assert len(case.move.state) <= first + 8
    case.done("inner", passed=True)
    assert case.ended == "end"


def test_a_chain_of_a_thousand_tasks_is_no_trouble(draw, bench):
    names = [f"n{i}" for i in range(1_000)]
    body = "".join(
        f'<scriptTask id="{n}" scriptFormat="feel" camunda:resultVariable="x"><script>1</script></scriptTask>'
        for n in names
    )
    chain = "\n".join(f"{a}>{b}" for a, b in zip(["start", *names], [*names, "end"], strict=True))
    assert bench.Case(draw(ENDS + body, chain)).ended == "end"


def test_a_loop_without_a_gateway_is_no_trouble(draw, bench):
    nodes = (
        ENDS + '<userTask id="a"/><userTask id="b"/><boundaryEvent id="enough" attachedToRef="b">'
        '<messageEventDefinition messageRef="m1"/></boundaryEvent>'
    )
    case = bench.Case(draw(nodes, "start>a\na>b\nb>a\nenough>end", extra='<message id="m1" name="enough"/>'))
    for _ in range(3):
        case.done("a")
        case.done("b")
    assert case.waits == ["a"]


def test_the_same_steps_give_the_same_bytes(draw, bench):
    drawing = draw(CORRECTION, FLOWS)
    assert rounds(drawing, bench.now, 3)[0] == rounds(drawing, bench.now, 3)[0]


def test_one_drawing_serves_many_threads(draw, bench):
    drawing = draw(CORRECTION, FLOWS)
    alone = rounds(drawing, bench.now, 40)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == alone for found in pool.map(lambda _: rounds(drawing, bench.now, 40), range(8)))
