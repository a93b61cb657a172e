"""Find the Chinese fonts: the bureau's own first, then the free ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst

from workflows.papers.errors import NoChineseFont

# In order of wish. The bureau's fonts are not free to ship; a font may bear its Chinese or its English name.
SONG: Final = (
    "Noto Serif SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "思源宋体",
    "SimSun",
    "宋体",
    "FandolSong",
)
BODY: Final = (
    "仿宋_GB2312",
    "FangSong_GB2312",
    "仿宋",
    "FangSong",
    "STFangsong",
    "华文仿宋",
    "FandolFang R",
    *SONG,
)
TITLE: Final = ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "FZXiaoBiaoSong-B05", *SONG)
HEADING: Final = ("黑体", "SimHei", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", *SONG)
# Only two of the package's eight weights: each is 14 MB to load.
PACKAGED: Final = "node_modules/@expo-google-fonts/noto-serif-sc"
WEIGHTS: Final = ("400Regular", "700Bold")
ADVICE: Final = (
    "no Chinese font found: configure a font folder (仿宋_GB2312, 方正小标宋简体), or run `npm install` for "
    "@expo-google-fonts/noto-serif-sc, or install the Debian package fonts-noto-cjk"
)


@dataclass(frozen=True)
class FontSet:
    """Font folders, and the families in them by use, best first."""

    folders: tuple[Path, ...]
    body: tuple[str, ...]
    title: tuple[str, ...]
    heading: tuple[str, ...]


def find_fonts(configured: Sequence[Path], project_root: Path) -> FontSet:
    """Look in the configured folders, the installed packages, then the machine; refuse if none is Chinese."""
    packaged = [project_root / PACKAGED / weight for weight in WEIGHTS]
    folders = tuple(folder for folder in (*configured, *packaged) if folder.is_dir())
    families = {family.lower() for family in loaded(folders).families()}
    if not any(family.lower() in families for family in SONG):
        folders += _system_folders()
    return font_set(folders)


@lru_cache(maxsize=8)
def font_set(folders: tuple[Path, ...]) -> FontSet:
    """Say which wished-for families these folders hold."""
    families = {family.lower(): family for family in loaded(folders).families()}
    body, title, heading = (
        tuple(families[name.lower()] for name in wish if name.lower() in families) for wish in (BODY, TITLE, HEADING)
    )
    if not body:
        raise NoChineseFont(ADVICE)
    return FontSet(folders, body, title or body, heading or body)


@lru_cache(maxsize=8)
def loaded(folders: tuple[Path, ...]) -> typst.Fonts:
    """Read the folders' font files once; typst's own built-in fonts stay out, they hold no Chinese."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )


def _system_folders() -> tuple[Path, ...]:
    """Name the machine's folders of Chinese fonts, so that none of its other fonts gets into a paper."""
    every = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[])
    wished = {name.lower() for name in (*BODY, *TITLE)}
    return _unique(Path(font.path).parent for font in every.fonts() if font.path and font.family.lower() in wished)


def _unique(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(sorted(set(paths)))
