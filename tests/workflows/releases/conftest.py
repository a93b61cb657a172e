"""A small good process, and the same process with one thing changed."""

from pathlib import Path

import pytest
from sqlmodel import Session

from workflows.releases import checking
from workflows.scenarios.databases import in_memory

SAMPLE = Path(__file__).with_name("sample")


def files(*changes: tuple[str, str, str], without: tuple[str, ...] = ()) -> dict[str, bytes]:
    """The sample's files, each change a file, what stands there once, and what stands there instead."""
    made = checking.collect("aid", SAMPLE)
    for name, old, new in changes:
        text = made[name].decode()
        assert text.count(old) >= 1, f"{name} does not say {old}"
        made[name] = text.replace(old, new, 1).encode()
    return {name: content for name, content in made.items() if name not in without}


@pytest.fixture
def session():
    """An empty database of the house's own tables and triggers."""
    with Session(in_memory()) as made:
        yield made
