"""Names of social organisations: taken apart, tested against the law's words and against the names that are taken.

《社会组织名称管理办法》(D10, 2024-05-01 起施行): order of the parts (8), one name only (5), identity (16). Pure: no database.
"""

from workflows.naming.parts import Parts, joined, normal, parse
from workflows.naming.verdict import FAIL, MANUAL, PASS, Asked, Finding, Limits, Taken, Verdict, judge
from workflows.naming.words import Words, words

__all__ = ["FAIL", "MANUAL", "PASS", "Asked", "Finding", "Limits", "Parts", "Taken", "Verdict", "Words", "joined", "judge", "normal",
           "parse", "words"]
