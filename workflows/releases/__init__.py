"""Published versions: drawing, tables, rules and forms together, checked before, unchangeable after."""

from workflows.releases.shelf import Published, load, newest, publish, publish_all

__all__ = ["Published", "load", "newest", "publish", "publish_all"]
