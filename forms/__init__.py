"""The forms: data, and the few lines that read it."""
