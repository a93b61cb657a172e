"""Templates turned into answers."""

from api.rendering.environment import environment
from api.rendering.pages import Shell, fragment, page

__all__ = ["Shell", "environment", "fragment", "page"]
