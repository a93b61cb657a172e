"""What officers may do to a running case out of its drawn way: one file an operation, `why_not` beside each."""
