"""HTML; one file a family of screens. A new one is named in `api/app.py`."""
