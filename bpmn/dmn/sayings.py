"""What is wrong with a decision model, in both languages, by its English."""

import re

from bpmn.feel import sayings
from bpmn.message import Term

_ELEMENT = re.compile(r"(?P<what>.*?)(?: \(element (?P<id>[^()]*)\))?", re.DOTALL)
_WORDS = {
    r"the document is larger than 2 MB": "文件超过 2 MB",
    r"the document is not well-formed XML: .*?(?:line (\d+).*)?": "文件不是格式正确的 XML（第 {} 行）",
    r"a DOCTYPE is not accepted": "文件中不允许出现 DOCTYPE 声明",
    r"the document is nested too deeply": "文件嵌套过深",
    r"the document is not a DMN model": "文件不是 DMN 决策模型",
    r"the requirements of decisions form a circle or are too deep": "决策的依赖关系成环或过深",
    r"a (\w+) without an id or a name of its own": "{} 缺少自己的编号或名称",
    r"the expression language (.+) is not supported": "不支持表达式语言 {}",
    r"unknown hit policy (.+)": "没有“{}”这种命中策略",
    r"a decision table needs an output": "决策表须有输出列",
    r"a rule has more or fewer cells than its table has columns": "规则的单元格数与表的列数不一致",
    r"a row has more or fewer cells than its relation has columns": "行的单元格数与关系表的列数不一致",
    r"the decision has no logic": "决策没有内容",
    r"the decision requires (.+), which does not exist": "决策依赖的“{}”不存在",
    r"the decision requires itself": "决策依赖自己",
    r"the input has no expression": "输入列没有表达式",
    r"this hit policy needs output values that give the order": "这种命中策略须写明输出值的先后",
    r"only the hit policy Collect can aggregate": "只有 Collect 命中策略可以汇总",
    r"one of several outputs needs a name": "有多个输出列时，每列须有名称",
}


def said(problem: Exception | str) -> Term:
    """A problem in both languages; FEEL's own where the model has none, English where neither does."""
    whole = str(problem)
    parts = _ELEMENT.fullmatch(whole)
    what, element = (parts["what"], parts["id"]) if parts else (whole, None)
    for pattern, words in _WORDS.items():
        if found := re.fullmatch(pattern, what, re.DOTALL):
            return Term(words.format(*(group or "1" for group in found.groups())) + (f"（{element}）" if element else ""), whole)
    where, colon, rest = what.partition(": ")
    told = sayings.said(ValueError(rest if colon else what))
    return Term(f"{where}：{told.zh}" if colon and told.zh != told.en else told.zh if not colon else whole, whole)
