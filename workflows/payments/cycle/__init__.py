"""A month from its cut-off to its closed books, and what is printed and published of it."""
