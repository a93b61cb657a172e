"""规则一览 and 工作日历: dated rules, their sources, and the days that count."""
