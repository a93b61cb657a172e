"""What the checks share: a saying is (code, English, Chinese), and a text is FEEL or it is said why not."""

from collections.abc import Iterator

from bpmn import feel
from bpmn.feel.sayings import said
from workflows.engine.written.expressions import compiled, strangers
from workflows.engine.written.reading import Element, text_of

Say = Iterator[tuple[str, str, str]]


def check_expression(element: Element | None, what_en: str, what_zh: str) -> Say:
    """Say why an element's text is no FEEL expression."""
    if element is None:
        return
    language = (element.get("language") or "feel").lower()
    if "feel" not in language:
        yield (
            "language",
            f"the {what_en} is written in {language}, only FEEL is computed",
            f"{what_zh}只能使用 FEEL 表达式",
        )
        return
    yield from check_feel(text_of(element), what_en, what_zh)


def check_feel(source: str, what_en: str, what_zh: str) -> Say:
    """Say why a text is no FEEL expression."""
    try:
        compiled(source)
        unknown = ", ".join(strangers(source))
    except feel.FeelError as error:
        yield "not_feel", f"the {what_en} is not FEEL: {error}", f"{what_zh}不是有效的 FEEL 表达式：{said(error).zh}"
        return
    if unknown:
        yield (
            "unknown_function",
            f"the {what_en} calls what FEEL does not know: {unknown}",
            f"{what_zh}使用了未知的函数：{unknown}",
        )
