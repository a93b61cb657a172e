"""FEEL's errors in Chinese: every complaint of the parser and every limit, by its English."""

import re

from bpmn.message import Term

_FOUND = re.compile(r"(?P<what>.*?)(, found (?:'(?P<found>.*)'|(?P<end>the end)))?( \(at character (?P<at>\d+)\))?", re.DOTALL)
_WORDS = {
    r"the string has no closing quote": "字符串缺少右引号",
    r"'(.)' is not a quote here, use \"": "“{}”不能当引号用，请改用英文引号 \"",
    r"unexpected character '(.+)'": "不能识别的字符“{}”",
    r"expected a name": "此处应为名称",
    r"expected an operator or the end": "此处应为运算符，或者结束",
    r"either all arguments have names or none": "参数要么都写名称，要么都不写",
    r"expected an expression": "此处应为表达式",
    r"the number is too large": "数字过大",
    r"expected a string after @": "@ 之后应为字符串",
    r"expected a date, time or duration after @": "@ 之后应为日期、时间或时长",
    r"expected the end of the range": "此处应为区间的终点",
    r"the entry '(.*)' appears twice": "“{}”重复出现",
    r"external functions are not supported": "不支持外部函数",
    r"expected the end of the type": "类型到此应结束",
    r"expected a type": "此处应为类型",
    r"there is no type (.+)": "没有“{}”这种类型",
    r"expected '(.+)'": "此处应为“{}”",
    r"the expression takes too many steps": "表达式计算步骤过多",
    r"functions call each other too deeply": "函数相互调用层数过多",
    r"a list may have at most (\d+) items": "列表最多 {} 项",
    r"a string may have at most (\d+) characters": "字符串最多 {} 个字符",
    r"an expression may have at most (\d+) characters": "表达式最多 {} 个字符",
    r"an expression may be nested at most (\d+) levels deep": "表达式最多嵌套 {} 层",
    r"the (?:expression|evaluation) is nested too deeply": "表达式嵌套过深",
}


def said(error: Exception) -> Term:
    """An error in both languages; English where it is none of FEEL's."""
    parts = _FOUND.fullmatch(str(error))
    words = _chinese(parts["what"]) if parts else None
    if parts is None or words is None:
        return Term(str(error), str(error))
    words += f"，却是“{parts['found']}”" if parts["found"] is not None else "，却已结束" if parts["end"] else ""
    return Term(words + (f"（第 {parts['at']} 个字符）" if parts["at"] else ""), str(error))


def _chinese(what: str) -> str | None:
    for pattern, words in _WORDS.items():
        if found := re.fullmatch(pattern, what, re.DOTALL):
            return words.format(*found.groups())
    return None
