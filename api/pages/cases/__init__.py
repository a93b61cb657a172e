"""A case as people see it: found, shown, operated on, told."""
