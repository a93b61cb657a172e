"""Who receives what from which month, by which decision, and how a later decision changes it."""
