"""Whether what is repeated is done even once."""

from decimal import Decimal

from bpmn import feel
from workflows.engine.written import reading
from workflows.engine.written.reading import BPMN
from workflows.releases import truth
from workflows.releases.draft import Drawn
from workflows.releases.formulas import bare


def may_be_none(drawn: Drawn) -> bool:
    """Whether a repeated element may be left without having been done: a list that may be empty, a test before the first."""
    each, again = (drawn.xml.find(f"{BPMN}{kind}LoopCharacteristics") for kind in ("multiInstance", "standard"))
    if each is not None:
        return not _some(bare(reading.collection_of(each)))
    condition = bare(reading.text_of(again.find(f"{BPMN}loopCondition"))) if again is not None else ""
    return again is not None and again.get("testBefore") == "true" and truth.truth(condition, {}) is not truth.Truth.TRUE


def _some(source: str) -> bool:
    """Whether a collection surely has an item: a constant number or list alone says so."""
    try:
        value = truth.constant(source)
    except feel.FeelError:
        return False
    return len(value) > 0 if isinstance(value, (list, tuple)) else isinstance(value, (int, Decimal)) and value > 0
