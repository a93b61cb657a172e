"""A spoilt drawing is refused, or it runs: it never fails in a way nobody has a word for."""

import random

import pytest
from lxml import etree

from workflows import engine

TIMER = "<timerEventDefinition><timeDuration>P7D</timeDuration></timerEventDefinition>"
WHOLE = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
<message id="m1" name="reply"/><signal id="s1" name="flood"/><error id="e1" errorCode="BAD"/><escalation id="x1" escalationCode="UP"/>
<collaboration id="co"><participant id="pa" processRef="p"/><participant id="outside" name="x"/></collaboration>
<process id="p" isExecutable="true"><laneSet id="ls"><lane id="l1" name="街道"><flowNodeRef>a</flowNodeRef></lane></laneSet>
<startEvent id="start"/><userTask id="a" camunda:formKey="a" camunda:candidateGroups="g"/>
<boundaryEvent id="late" attachedToRef="a" cancelActivity="false">{TIMER}</boundaryEvent>
<scriptTask id="script" scriptFormat="feel" camunda:resultVariable="x"><script>1 + 1</script></scriptTask>
<exclusiveGateway id="g" default="f5"/><eventBasedGateway id="eg"/>
<intermediateCatchEvent id="c1"><messageEventDefinition messageRef="m1"/></intermediateCatchEvent>
<intermediateCatchEvent id="c2">{TIMER}</intermediateCatchEvent>
<subProcess id="sub"><startEvent id="s2"/><callActivity id="call" calledElement="q"/><endEvent id="e2"><errorEventDefinition errorRef="e1"/></endEvent>
<sequenceFlow id="f20" sourceRef="s2" targetRef="call"/><sequenceFlow id="f21" sourceRef="call" targetRef="e2"/></subProcess>
<boundaryEvent id="err" attachedToRef="sub"><errorEventDefinition errorRef="e1"/></boundaryEvent>
<subProcess id="ev" triggeredByEvent="true"><startEvent id="s3" isInterrupting="false"><messageEventDefinition messageRef="m1"/></startEvent>
<userTask id="u3"/><sequenceFlow id="f30" sourceRef="s3" targetRef="u3"/></subProcess>
<serviceTask id="job" camunda:type="external" camunda:topic="t"/><parallelGateway id="pg"/><parallelGateway id="pj"/><exclusiveGateway id="xm"/>
<userTask id="each"><multiInstanceLoopCharacteristics camunda:collection="[1,2]" camunda:elementVariable="one"/></userTask>
<inclusiveGateway id="ig" default="f9"/><receiveTask id="r" messageRef="m1"/><endEvent id="end"><terminateEventDefinition/></endEvent>
<intermediateThrowEvent id="out"><linkEventDefinition name="L"/></intermediateThrowEvent>
<intermediateCatchEvent id="in"><linkEventDefinition name="L"/></intermediateCatchEvent>
<sequenceFlow id="f1" sourceRef="start" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="script"/>
<sequenceFlow id="f3" sourceRef="script" targetRef="g"/>
<sequenceFlow id="f4" sourceRef="g" targetRef="eg"><conditionExpression>x = 1</conditionExpression></sequenceFlow>
<sequenceFlow id="f5" sourceRef="g" targetRef="pg"/><sequenceFlow id="f6" sourceRef="eg" targetRef="c1"/><sequenceFlow id="f7" sourceRef="eg" targetRef="c2"/>
<sequenceFlow id="f8" sourceRef="pg" targetRef="sub"/><sequenceFlow id="f10" sourceRef="pg" targetRef="each"/><sequenceFlow id="f11" sourceRef="pg" targetRef="job"/>
<sequenceFlow id="f12" sourceRef="sub" targetRef="xm"/><sequenceFlow id="f13" sourceRef="each" targetRef="pj"/><sequenceFlow id="f14" sourceRef="job" targetRef="pj"/>
<sequenceFlow id="f15" sourceRef="err" targetRef="xm"/><sequenceFlow id="f22" sourceRef="xm" targetRef="pj"/><sequenceFlow id="f16" sourceRef="pj" targetRef="ig"/><sequenceFlow id="f9" sourceRef="ig" targetRef="out"/>
<sequenceFlow id="f17" sourceRef="ig" targetRef="r"><conditionExpression>x &gt; 1</conditionExpression></sequenceFlow>
<sequenceFlow id="f18" sourceRef="in" targetRef="end"/><sequenceFlow id="f19" sourceRef="r" targetRef="end"/>
<textAnnotation id="ta"><text>x</text></textAnnotation></process>
<process id="q" isExecutable="true"><startEvent id="qs"/><userTask id="qa"/><endEvent id="qe"/>
<sequenceFlow id="q1" sourceRef="qs" targetRef="qa"/><sequenceFlow id="q2" sourceRef="qa" targetRef="qe"/></process></definitions>"""
NS = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def spoil(root, rng):
    elements = [e for e in root.iter() if e is not root]
    victim, other = rng.choice(elements), rng.choice(elements)
    way = rng.randrange(7)
    if way == 0 and victim.attrib:
        del victim.attrib[rng.choice(list(victim.attrib))]
    elif way == 1 and victim.attrib:
        victim.attrib[rng.choice(list(victim.attrib))] = rng.choice(
            ["", "nowhere", "a", "end", "false", "x#y", "${x}", "p", "sub"]
        )
    elif way == 2:
        victim.tag = other.tag
    elif way == 3 and victim.getparent() is not None:
        victim.getparent().remove(victim)
    elif way == 4:
        victim.text = rng.choice(["", "1 +", "x.__class__", "P1D", "=now()", "true", "for x in 1..10000000 return x"])
    elif way == 5 and not any(e is other for e in victim.iter()) and not any(e is victim for e in other.iter()):
        other.append(victim)
    else:
        victim.set(
            rng.choice(["isForCompensation", "triggeredByEvent", "default", "cancelActivity", "isSequential"]), "true"
        )


def walk(drawing, rng, now):
    move = engine.start(drawing, {"x": 1}, now)
    for _ in range(12):
        if not move.waiting:
            return
        chosen = rng.choice(move.waiting)
        facts = {"x": rng.randrange(3)}
        if chosen.kind in ("user", "service"):
            move = engine.complete(drawing, move.state, chosen.token, facts, now)
        elif chosen.kind == "timer":
            move = engine.fire(drawing, move.state, chosen.token, facts, chosen.due_at)
        elif chosen.kind == "message":
            move = engine.tell(drawing, move.state, chosen.message, facts, now)


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_drawing_itself_runs(bench, seed):
    rng = random.Random(seed)
    walk(engine.parse({"p.bpmn": WHOLE.encode()}, "p"), rng, bench.now)


@pytest.mark.parametrize("batch", range(10))
def test_a_spoilt_drawing_is_refused_or_runs(bench, batch):
    refused = 0
    for seed in range(60):
        rng = random.Random(batch * 1000 + seed)
        root = etree.fromstring(WHOLE)
        for _ in range(rng.choice([1, 1, 1, 2, 4])):
            spoil(root, rng)
        try:
            walk(engine.parse({"p.bpmn": etree.tostring(root)}, "p"), rng, bench.now)
        except engine.DrawingRefused as refusal:
            refused += 1
            assert all(f.message_en and f.message_zh for f in refusal.findings)
        except engine.EngineError:
            pass
    assert 0 < refused < 60
