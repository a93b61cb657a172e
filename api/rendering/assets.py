"""Where the bundles lie: names with a content hash, as the build wrote them down."""

import json
from functools import lru_cache
from pathlib import Path

DIST = Path(__file__).parent.parent / "static" / "dist"


@lru_cache
def manifest() -> dict[str, str]:
    """Plain name -> hashed name; empty where the bundles have not been built."""
    path = DIST / "manifest.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def asset(name: str) -> str:
    """The address of a bundle: `app.css`."""
    return f"/static/{manifest().get(name, name)}"
