"""The Jinja environment of each language."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.rendering.assets import asset
from api.rendering.words import Words
from workflows.messages import translations

TEMPLATES = Path(__file__).parent.parent / "templates"


@lru_cache
def environment(language: str) -> Environment:
    """Templates that speak one language; macros know it without being told."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n"], auto_reload=False,
    )
    install = found.install_gettext_translations  # type: ignore[attr-defined]  # added by the extension
    install(translations(language), newstyle=True)
    found.policies["ext.i18n.trimmed"] = True
    words = Words(language)
    found.filters.update(words.filters())
    found.globals.update(asset=asset, language=language, html_language=language.replace("_", "-"))
    return found
