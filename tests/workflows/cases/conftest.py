"""Files of the tests lie in a folder of their own."""

import pytest

from tests.databases import at_file
from tests.small_county import SmallCounty
from workflows import settings as settings_module
from workflows.records import session as sessions


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Whatever is stored is stored here, and gone afterwards."""
    monkeypatch.setattr(settings_module.settings(), "var", tmp_path)
    return tmp_path


@pytest.fixture
def small(tmp_path):
    """A county with processes of one's own, in a file that threads may share."""
    source = at_file(tmp_path / "small.sqlite")
    yield SmallCounty(source, tmp_path)
    source.dispose()


@pytest.fixture
def either(either_database, tmp_path):
    """The same on either kind of database."""
    return SmallCounty(either_database, tmp_path)


@pytest.fixture
def works_on(monkeypatch):
    """Let the worker of this process work on a county's database."""
    return lambda county: monkeypatch.setattr(sessions, "engine", lambda url=None: county.source)
