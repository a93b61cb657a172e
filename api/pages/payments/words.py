"""What pages call the states, steps, codes and figures of a month."""

from collections.abc import Iterator, Mapping
from datetime import date

from bpmn.message import Message, Term
from workflows.papers.words import chinese_month
from workflows.payments.cycle import papers
from workflows.payments.roster import checks as roster_checks
from workflows.payments.tables import Line

Words = Mapping[str, Message]


def _words(**texts: str) -> Words:
    return {name: Message(text) for name, text in texts.items()}


CYCLE = _words(draft="Draft roster", review="In joint review", approved="Approved", sent="With the bank",
               returned="Returns being fixed", reconciled="Reconciled", closed="Closed")
CYCLE_TONES = {"draft": "", "review": "blue", "approved": "blue", "sent": "blue", "returned": "amber",
               "reconciled": "green", "closed": "green"}
LINE = _words(pending="Awaiting review", approved="Approved", held="On hold", sent="With the bank", paid="Paid",
              returned="Returned", corrected="To be re-sent", unknown="Unknown", deferred="Next month")
LINE_TONES = {"held": "amber", "paid": "green", "returned": "red", "corrected": "blue", "unknown": "amber",
              "sent": "blue", "approved": "blue"}
STEPS = _words(cut_off="Cut-off", roster="Roster", review="Joint review", payment_file="Payment file", send="Send",
               fetch="Results", reconcile="Reconcile", reissue="Re-issue", close="Close the books")
CHANGES = _words(new="New", raised="Raised", cut="Cut", account="Account changed")
BRIDGE = _words(new="New", raised="Raised", released="Released", moved_in="Moved in", arrears="Arrears",
                stopped="Stopped", cut="Cut", held="Held", moved_out="Moved out", recovered="Recovered")
LEVELS = {0: Message("Maker"), 1: Message("Level 1 · township"), 2: Message("Level 2 · county civil affairs"),
          3: Message("Level 3 · finance bureau")}
RESULTS = _words(agree="Agreed", **{"return": "Sent back"})
JOBS = _words(waiting="Waiting for the scheduler", running="Running", done="Done", failed="Failed")
CODES = {"": (Message("No answer yet"), Message("Wait for the bank's result file.")),
         "00": (Message("Success"), Message("Closed.")),
         "R01": (Message("Account does not exist"), Message("Correct the account.")),
         "R02": (Message("Name does not match"), Message("Verify the identity, then correct the account.")),
         "R03": (Message("Account closed"), Message("Ask the household for a new account.")),
         "R04": (Message("Account frozen or dormant"), Message("Contact the person; use another account.")),
         "R05": (Message("Limit of the account's type"), Message("Use another account.")),
         "R06": (Message("Wrong format or amount"), Message("Mend the file and send it again.")),
         "R07": (Message("Paying account lacks funds"), Message("Ask the finance bureau.")),
         "R08": (Message("Result unknown"), Message("Ask the bank first; never send again blindly.")),
         "R90": (Message("Not received, the bank says in writing"), Message("Correct the account.")),
         "R99": (Message("Another reason"), Message("Look at the bank's message."))}
DETAILS = _words(households="Household count", total_fen="Total", count="Lines", file="File", receipt="Receipt",
                 version="Version", decisions="Decisions", signatures="Signatures", returned="Returned",
                 unknown="Unknown", waiting="Awaiting an answer", paid="Paid", files="Files", level="Level", error="Error",
                 case="Case", held="On hold", errors="Lines with errors", until="Until", batch="Batch", pay_by="Pay by",
                 queries="Queries", query="Query", cases="Correction cases", corrections="Corrections awaited",
                 sent="Sent", holds="Adds up", checks="Checks that fail", problem="Problem", hash="Hash", lines="Lines", roster="Roster",
                 deferred="Next month", months="Months", payable="Payable", on_time_percent="Paid in time (%)",
                 late="Late", traced="Traced", entries="Entries", households_last="Households last month",
                 last="Last month", this="This month", difference="Difference", day="Day", after="Waits for the month", **{
                     name: message.text for name, message in BRIDGE.items() if name != "held"})
ACCOUNTS = _words(budget="Budget", fund="Available", reserved="Reserved", bank="With the bank", paid="Paid",
                  returned="Returned")
FUNDS = {"01": Term("中央资金", "Central funds"), "03": Term("省级资金", "Provincial funds"),
         "05": Term("县级资金", "County funds")}
# Which figures of a check count things; the others are fen.
COUNTS = frozenset({"decisions", "months", "payable", "signatures", "version", "traced", "entries", "late", "households",
                    "households_last", "on_time_percent", "count", "returned", "unknown", "waiting", "files", "level",
                    "errors", "held", "deferred"})
MONEY_CHECKS = frozenset({"V5", "V6", "V7"})
HOUSEHOLD_COUNTS = frozenset({"households", "households_last"})


def month_name(month: str) -> Term:
    """2024年6月, or June 2024."""
    day = date(int(month[:4]), int(month[5:]), 1)
    return Term(chinese_month(month), f"{day:%B %Y}")


def fund(source: str) -> Term:
    """A fund source."""
    return FUNDS.get(source, Term(papers.FUNDS.get(source, source)))


def hold_reason(line: Line) -> Message | str:
    """Why a line is kept back: a rule's reason, the wrong data itself, or what a person wrote."""
    if line.errors and line.held_by is None:
        return roster_checks.WRONG.get(line.errors[0], Message("Wrong data."))
    return roster_checks.HELD.get(line.hold_reason, line.hold_reason)


def figures(code: str, found: Mapping[str, object]) -> Iterator[tuple[Message | Term, object, bool]]:
    """A check's figures: what it is, how much, and whether it is money."""
    for name, value in found.items():
        account, _, source = name.partition(":")
        if source:
            if value:
                yield (Term(f"{_ZH[account]} · {fund(source).zh}", f"{ACCOUNTS[account].text} · {fund(source).en}"),
                       value, True)
        else:
            counted = name in HOUSEHOLD_COUNTS if code in MONEY_CHECKS else name in COUNTS or name == "paid"
            money = isinstance(value, int) and not counted
            if value or not money:
                yield DETAILS.get(name, Message(name)), value, money


_ZH = {"budget": "预算", "fund": "可用", "reserved": "已预留", "bank": "在途", "paid": "已付", "returned": "退回"}


def details(found: Mapping[str, object]) -> list[tuple[Message, object, bool]]:
    """What a step of the month's flow wrote down; its case is linked beside it."""
    return [(DETAILS.get(name, Message(name)), "、".join(map(str, value)) if isinstance(value, list) else value,
             name.endswith("fen"))
            for name, value in found.items() if name != "case" and value not in ("", None) and not isinstance(value, dict)]
