"""The registers there are, as their files declare them."""

from collections.abc import Mapping
from functools import lru_cache

from bpmn import register_files
from bpmn.register_files import Register
from workflows.errors import NotFound
from workflows.settings import ROOT


@lru_cache(maxsize=1)
def registers() -> Mapping[str, Register]:
    """All of them by name, read once."""
    found: dict[str, Register] = {}
    for path in register_files.paths(ROOT / "bpmn"):
        for name, register in register_files.parse(path.read_bytes()).items():
            if name in found:
                raise ValueError(f"the register {name} is declared twice")
            found[name] = register
    return found


def named(name: str) -> Register:
    """The register of that name."""
    if name not in registers():
        raise NotFound("There is no register {name}.", name=name)
    return registers()[name]
