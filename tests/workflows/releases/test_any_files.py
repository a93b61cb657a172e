"""Whatever stands in the files, the check answers with findings, never with a failure."""

import pytest

from workflows import releases

from .conftest import files

NAMES = sorted(files())


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(".form")] + ["aid/decide.form"])
def test_a_file_without_any_one_of_its_lines_is_checked(name):
    lines = files()[name].split(b"\n")
    for place in range(len(lines)):
        made = files() | {name: b"\n".join(lines[:place] + lines[place + 1:])}
        for found in releases.check("aid", made).findings:
            assert found.say("zh_CN")
            assert found.say("en")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"<", b"{", b"[[", b"<a/>", b"{}", b"null", b"[]"])
def test_a_file_of_nonsense_is_told(name, content):
    assert not releases.check("aid", files() | {name: content}).good or (content == b"" and name.endswith("rates.toml"))
