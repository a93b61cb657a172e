"""Nothing unknown slips through: each element of a file is looked up in the coverage table."""

from collections.abc import Iterator, Sequence

from workflows.engine.written import coverage, reading
from workflows.engine.written.coverage import FEATURES
from workflows.engine.written.reading import BPMN, Element, kind_of

FREE_TEXT = {"documentation", "text", "script", "extensionElements", "rendering"}
FLOW_HOLDERS = {"process", *reading.INNER}
Said = tuple[Element, str, str, str]


def check_roots(document: Element) -> Iterator[Said]:
    """Say what stands beside the processes of a file and is not known to the standard."""
    if kind_of(document) != "definitions":
        yield document, "not_bpmn", "the file is not a BPMN 2.0 file", "文件不是 BPMN 2.0 流程文件"
        return
    for child in document:
        name = kind_of(child)
        if name and name not in coverage.CALLABLE and coverage.answer(name) in (None, "refused"):
            yield _refusal(child)
        if name == "extension" and child.get("mustUnderstand") == "true":
            yield child, "not_supported", FEATURES["mustUnderstand"].en, FEATURES["mustUnderstand"].zh


def check_elements(process: Element) -> Iterator[Said]:
    """Say what inside a process does not run, is unknown, or stands where it cannot."""
    todo = list(reversed(process))
    while todo:
        element = todo.pop()
        name, parent = kind_of(element), element.getparent()
        if coverage.answer(name) in (None, "refused"):
            yield _refusal(element)
            continue
        if _is_flow_element(element) and parent is not None and kind_of(parent) not in FLOW_HOLDERS:
            yield element, "misplaced", f"a {name} cannot stand inside a {kind_of(parent)}", "图形的位置不正确"
        if name not in FREE_TEXT:
            todo.extend(reversed(element))


def _is_flow_element(element: Element) -> bool:
    return reading.is_flow_node(element) or kind_of(element) == "sequenceFlow"


def _refusal(element: Element) -> Said:
    name = kind_of(element)
    if name in coverage.ELEMENTS:
        entry = coverage.ELEMENTS[name]
        return _bearer(element), "not_supported", entry.en, entry.zh
    shown = name or str(element.tag)
    return _bearer(element), "unknown_element", f"BPMN 2.0 has no element {shown}", f"BPMN 2.0 中没有“{shown}”这种元素"


def _bearer(element: Element) -> Element:
    """The element that bears an id: itself, or the nearest around it."""
    while not element.get("id") and (parent := element.getparent()) is not None:
        element = parent
    return element


def global_tasks(documents: Sequence[Element]) -> dict[str, str]:
    """The global tasks of the files, which call activities cannot call: their ids and kinds."""
    found = (task for document in documents for name in coverage.CALLABLE for task in document.iter(f"{BPMN}{name}"))
    return {task.get("id") or "": kind_of(task) for task in found}
