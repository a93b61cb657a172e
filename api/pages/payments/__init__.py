"""资金发放: months, rosters, petty cash, households."""
