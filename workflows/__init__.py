"""The approval domain."""
