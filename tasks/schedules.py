"""When the month's flow runs by itself. The 25th is a rule of the books (it may be the working day before), so the
evenings around it are tried and the code decides."""

from prefect.schedules import Cron, Schedule

ZONE = "Asia/Shanghai"

CUT_OFF = Cron("30 17 15-25 * *", timezone=ZONE, slug="cut-off")
DAILY = Cron("0 9 * * *", timezone=ZONE, slug="daily")
ALL: tuple[Schedule, ...] = (CUT_OFF, DAILY)
