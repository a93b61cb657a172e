"""How a person's name and numbers are cut for those who may not see the whole."""

from datetime import date
from typing import Final

ADULT_AGE: Final = 18
ID_LENGTH: Final = 18
ACCOUNT_MIN: Final = 8
# Family names of two characters; a name with a middle dot (阿依古丽·买买提) never has one.
DOUBLE: Final = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台
皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘
子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐
段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五
"""
DOUBLE_NAMES: Final = frozenset(DOUBLE.split())


def is_minor(born: date, on: date) -> bool:
    """Say whether somebody born on that day is under eighteen on `on`."""
    return (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) < ADULT_AGE


def family_name(name: str) -> str:
    """Show only the family name: 欧阳小明 is 欧阳某, 李明 is 李某."""
    double = name[:2]
    return (double if double in DOUBLE_NAMES and name != double else name[:1]) + "某"


def id_number(number: str) -> str:
    """Keep region and tail; the birth date never shows."""
    if len(number) != ID_LENGTH:
        raise ValueError("an ID number has 18 characters")
    return number[:6] + "*" * 8 + number[-4:]


def last4(account: str) -> str:
    """Keep the last four digits of an account; of a short one they would be too much of it."""
    if len(account) < ACCOUNT_MIN or not account.isascii() or not account.isdigit():
        raise ValueError(f"an account has at least {ACCOUNT_MIN} digits")
    return account[-4:]
