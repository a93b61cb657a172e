"""Papers of a case: what they can read, how they are issued and numbered."""
