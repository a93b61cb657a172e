"""Where the fonts come from."""

from pathlib import Path

import pytest

from workflows.papers import fonts
from workflows.papers.errors import NoChineseFont


def test_some_chinese_font_is_found_on_this_machine() -> None:
    found = fonts.find_fonts([], Path(__file__).parents[3])
    assert found.body[0] in fonts.BODY
    assert found.folders


def test_a_folder_that_does_not_exist_is_passed_over(tmp_path: Path) -> None:
    found = fonts.find_fonts([tmp_path / "nowhere"], Path(__file__).parents[3])
    assert tmp_path / "nowhere" not in found.folders


def test_no_font_at_all_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_system_folders", tuple)
    with pytest.raises(NoChineseFont, match=r"npm install.*fonts-noto-cjk"):
        fonts.find_fonts([], tmp_path)


def test_the_bureaus_own_fonts_come_first() -> None:
    assert fonts.BODY[0] == "仿宋_GB2312"
    assert fonts.TITLE[0] == "方正小标宋简体"
    assert fonts.BODY.index("FangSong") < fonts.BODY.index("Noto Serif SC") < fonts.BODY.index("Noto Serif CJK SC")
