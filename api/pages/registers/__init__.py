"""登记簿: their lists and entries, and taking over a book kept before."""
