"""流程: what is published, its drawing, and moving cases to another version."""
