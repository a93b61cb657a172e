"""One month's list of payments: computed, corrected, signed; its bridge from last month."""
