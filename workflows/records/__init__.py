"""The database, and the audit log in it."""
