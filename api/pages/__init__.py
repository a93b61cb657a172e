"""HTML; one folder a subject, one file a family of screens. A file with a `router` is found by `api/app.py` of itself."""
