"""What is wrong with an expression is said in Chinese too."""

import re

import pytest

from bpmn import feel
from bpmn.feel.sayings import said

BROKEN = ['a = "x', "a = “x”", "a # b", "1 +", "(1", "f(a: 1, 2)", "[1..", "{a: 1, a: 2}", "@5", '@"nonsense"', "a b c (", "if a then b",
          "for x 1", "((((" * 200, "1" * 200_000, "function(a) external {}", "1 2", "x instance of"]


@pytest.mark.parametrize("source", BROKEN, ids=lambda source: source[:12])
def test_every_error_of_an_expression_is_said_in_chinese_with_its_place(source: str):
    with pytest.raises(feel.FeelError) as raised:
        feel.compile(source)
    told = said(raised.value)
    assert told.en == str(raised.value)
    assert re.search("[\u4e00-\u9fff]", told.zh)
    assert not re.search(r"expected|found|character|the ", told.zh)
    if isinstance(raised.value, feel.FeelSyntaxError):
        assert f"第 {raised.value.position + 1} 个字符" in told.zh


def test_the_sentence_reads_whole():
    with pytest.raises(feel.FeelError) as raised:
        feel.compile('application.kind = "urban')
    assert said(raised.value).zh == "字符串缺少右引号（第 20 个字符）"
