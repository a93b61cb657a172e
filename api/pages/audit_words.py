"""What the audit log's actions are called."""

from collections.abc import Mapping

from bpmn.message import Message

ACTIONS: Mapping[str, Message] = {
    "case.open": Message("Application received"), "case.end": Message("Case closed"),
    "case.send_back": Message("Sent back"), "case.take_back": Message("Taken back"), "case.suspend": Message("Suspended"),
    "case.resume": Message("Resumed"), "case.terminate": Message("Terminated"), "case.skip": Message("Skipped"),
    "case.retry": Message("Job tried again"), "job.stale": Message("An answer came that nobody waited for"),
    "work_item.complete": Message("Step completed"), "work_item.claim": Message("Step claimed"),
    "notice.object": Message("Objection received"), "notice.withdraw": Message("Public notice withdrawn"), "clock.extend": Message("Time limit extended"),
    "timer.fire": Message("Time ran out"), "timer.skip": Message("Missed round dropped"), "clock.move": Message("Sample clock moved"),
    "sign_in": Message("Signed in"), "sign_out": Message("Signed out"), "sign_in.fail": Message("Sign-in failed"),
    "password.set": Message("Password set"), "calendar.put": Message("Calendar day set"),
    "calendar.remove": Message("Calendar day removed"), "rate.set": Message("Rule's value set"),
    "release.publish": Message("Process published"), "household.import": Message("Households imported"),
    "entitlement.grant": Message("Allowance granted"), "entitlement.stop": Message("Allowance stopped"),
    "entitlement.change_account": Message("Account changed"), "payee_exception.file": Message("Agreement filed"),
    "funds.allocate": Message("Money allocated"), "cycle.ask": Message("Month asked for"),
    "cycle.retry": Message("Month tried again"), "cycle.open": Message("Month opened"),
    "cycle.close": Message("Month closed"), "cycle.explain_lateness": Message("Lateness explained"),
    "roster.make": Message("Roster made"), "roster.sign": Message("Roster signed"),
    "roster.approve": Message("Roster approved"), "roster.send_back": Message("Roster sent back"),
    "roster.hold": Message("Line held"), "roster.release": Message("Line released"),
    "roster.change_line": Message("Line changed"), "line.defer": Message("Line deferred"),
    "bank_file.make": Message("Payment file made"), "bank_file.send": Message("Payment file sent"),
    "bank_file.take_in": Message("Results taken in"), "bank.query": Message("Bank asked"),
    "correction.make": Message("Account corrected"), "correction.approve": Message("Correction approved"),
    "correction.reject": Message("Correction sent back"), "recovery.decide": Message("Recovery decided"),
    "recovery.repaid": Message("Money repaid"), "papers.issue": Message("Papers issued"),
    "job.retry": Message("Job tried again"), "timer.retry": Message("Timer tried again"),
    "incident.settle": Message("Incident settled"),
    "case.migrate": Message("Moved to another version of the process"),
    "migration.make": Message("Migration planned"), "migration.edit": Message("Migration plan changed"),
    "migration.check": Message("Dry run asked for"), "migration.checked": Message("Dry run done"),
    "migration.start": Message("Migration started"), "migration.pause": Message("Migration paused"),
    "migration.resume": Message("Migration resumed"), "migration.stopped": Message("Migration stopped by itself"),
    "migration.done": Message("Migration done"), "migration.back": Message("Way back asked for"),
    "migration.back_one": Message("One case taken back"), "migration.returned": Message("All taken back"),
    "migration.drop": Message("Migration plan given up"),
    "bank.not_received": Message("Bank's statement recorded"),
}
