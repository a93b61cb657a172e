"""Files of the tests lie in a folder of their own."""

import pytest

from workflows import settings as settings_module


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Whatever is stored is stored here, and gone afterwards."""
    monkeypatch.setattr(settings_module.settings(), "var", tmp_path)
    return tmp_path
