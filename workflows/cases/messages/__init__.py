"""Messages to cases: their rows, the mailbox they lie in, and the door by which other systems send them.

How they reach their case is told by `workflows/cases/delivery.py`, above the cases' steps; what cases say to each other by `kin.py`.
"""
