"""Where people come in: pages and REST."""
