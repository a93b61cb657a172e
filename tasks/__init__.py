"""What machines do: flows, jobs, timers, and the systems outside."""
