"""What each node of a running drawing does when a token reaches it: SpiffWorkflow's specs, made to step and to count."""
