"""Who works where, by which calendar, at which rates."""
