"""Outside systems: what we ask of them, and who answers."""
