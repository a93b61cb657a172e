"""The copies of a paper that the bureau may edit: made of what is printed, the same bytes for the same paper."""

from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workflows.papers.letter_copy import letter_copy
from workflows.papers.sheet_copy import sheet_copy

COPIES: Final[Mapping[str, Callable[[Mapping[str, Any]], bytes]]] = {"docx": letter_copy, "xlsx": sheet_copy}


def copy(said: Mapping[str, Any]) -> bytes:
    """The copy in the format that the paper says."""
    return _dated(COPIES[said["file"]](said), date(*said["day"]))


def _dated(content: bytes, day: date) -> bytes:
    """The same archive with the paper's day in place of the moment it was packed."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as packed, ZipFile(out, "w", ZIP_DEFLATED) as again:
        for entry in packed.infolist():
            info = ZipInfo(entry.filename, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            again.writestr(info, packed.read(entry))
    return out.getvalue()
