"""Safe reading of XML and short ways to look into it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from bpmn.dmn.errors import DmnInvalid

MAX_SIZE = 2 * 1024 * 1024
_MAX_DEPTH = 120
Element = etree._Element  # noqa: SLF001 - lxml has no public name for it


def read_root(xml: bytes) -> Element:
    """The root element of a document without a DOCTYPE."""
    if len(xml) > MAX_SIZE:
        raise DmnInvalid("the document is larger than 2 MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DmnInvalid(f"the document is not well-formed XML: {error}") from None
    if b"<!DOCTYPE" in xml or root.getroottree().docinfo.internalDTD is not None:
        raise DmnInvalid("a DOCTYPE is not accepted")
    _check_depth(root)
    return root


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(_MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    raise DmnInvalid("the document is nested too deeply")


def local_name(element: Element) -> str:
    """The name of an element without its namespace; empty for comments."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def children(element: Element, name: str = "") -> Iterator[Element]:
    """The elements directly below, all or those of one name."""
    for child in element:
        found = local_name(child)
        if found and (not name or found == name):
            yield child


def child(element: Element | None, name: str) -> Element | None:
    """The first element of a name directly below."""
    return None if element is None else next(children(element, name), None)


def text_of(element: Element | None, name: str = "text") -> str:
    """The text of an element directly below."""
    inner = child(element, name)
    return "" if inner is None else (inner.text or "").strip()


def attribute(element: Element | None, name: str) -> str:
    """An attribute, empty if it is missing."""
    return "" if element is None else str(element.get(name) or "").strip()


def reference(element: Element | None) -> str:
    """The id an href points at."""
    return attribute(element, "href").rpartition("#")[2]
