"""The picture beside the drawing (BPMN's diagram interchange): editors show what has a shape there, and nothing else."""

from collections.abc import Iterator

from bpmn.message import Message
from workflows.releases.draft import Draft, Part
from workflows.releases.report import Finding

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"


def check(draft: Draft) -> Iterator[Finding]:
    """A drawing without any picture is told once, else each element that the picture leaves out."""
    for part in draft.parts.values():
        shown = _shown(part)
        if part.nodes and shown.isdisjoint(part.nodes):
            yield part.find("no_picture", "warning", part.id, Message(
                "The file holds no picture of its drawing (diagram interchange): an editor can't open it."))
            continue
        for element in sorted(part.nodes.keys() - shown):
            yield part.find("no_picture", "warning", element, Message(
                "The picture has no shape for it (diagram interchange): an editor does not show it."))


def _shown(part: Part) -> frozenset[str]:
    """What has a shape with a place on a plane."""
    shapes = part.xml.getroottree().getroot().iterfind(f"{DI}BPMNDiagram/{DI}BPMNPlane/{DI}BPMNShape")
    return frozenset(shape.get("bpmnElement", "") for shape in shapes if shape.find(f"{DC}Bounds") is not None)
