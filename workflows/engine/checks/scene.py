"""What a check of one element may look at beside the element itself."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from workflows.engine.written.reading import Element


@dataclass(frozen=True)
class Scene:
    """The whole of the files: processes, decisions, names, ways and labels by element id."""

    processes: Mapping[str, Element]
    decisions: AbstractSet[str]
    names: Mapping[str, Mapping[str, str]]
    outgoing: Mapping[str, Sequence[Element]]
    kinds: Mapping[str, str]
    global_tasks: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
