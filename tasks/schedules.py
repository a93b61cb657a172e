"""When the month's flow runs by itself."""

from prefect.schedules import Cron, Schedule

ZONE = "Asia/Shanghai"

# The 25th is a rule of the books and may be the working day before: these evenings are tried, the code decides.
CUT_OFF = Cron("30 17 15-25 * *", timezone=ZONE, slug="cut-off")
DAILY = Cron("0 9 * * *", timezone=ZONE, slug="daily")
ALL: tuple[Schedule, ...] = (CUT_OFF, DAILY)
