"""What can be known of a process before a case runs: one file a subject, each a generator of findings."""
