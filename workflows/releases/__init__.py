"""Published versions: drawing, tables, rules and forms together, checked before, unchangeable after."""

from workflows.releases.checking import check, with_opened
from workflows.releases.report import Finding, NotPublished, Report
from workflows.releases.shelf import Published, current, described, lay_out, load, newest, of_version, publish, publish_all, remember, used_facts

__all__ = ["Finding", "NotPublished", "Published", "Report", "check", "current", "described", "lay_out", "load", "newest", "of_version", "publish",
           "publish_all", "remember", "used_facts", "with_opened"]
