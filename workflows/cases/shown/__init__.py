"""What is shown of cases: one case whole, what awaits whom, the audit log, and how much of it each role may see."""
