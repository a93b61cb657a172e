"""What goes to the bank and comes back: files, results, reconciliation, returned lines."""
