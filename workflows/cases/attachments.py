"""Files handed in: bytes under their SHA-256, a token for the form that carries them."""

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from forms.schema import FilePicker, Form
from workflows.cases.tables import Attachment
from workflows.errors import Conflict, NotFound
from workflows.settings import settings

LARGEST = 20 * 1024 * 1024
_SIGNS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def stage(session: Session, name: str, content: bytes, uploaded_by: int | None, now: datetime) -> Attachment:
    """Keep a file for a form not yet sent; only PDF, JPEG and PNG, told by their first bytes, up to 20 MB."""
    media_type = next((kind for sign, kind in _SIGNS if content.startswith(sign)), None)
    if media_type is None:
        raise Conflict("“{name}” is not a PDF, JPEG or PNG file.", name=name)
    if len(content) > LARGEST:
        raise Conflict("“{name}” is larger than 20 MB.", name=name)
    attachment = Attachment(token=secrets.token_urlsafe(16), sha256=keep(content), name=Path(name).name[:200],
                            media_type=media_type, size=len(content), uploaded_by=uploaded_by, uploaded_at=now)
    session.add(attachment)
    session.flush()
    return attachment


def by_token(session: Session, token: str) -> Attachment:
    """The staged or attached file a form's hidden field names."""
    found = session.exec(select(Attachment).where(Attachment.token == token)).first()
    if found is None:
        raise NotFound("This file was not found.")
    return found


def bind(session: Session, case_id: int, tokens: list[str], who: int | None) -> None:
    """Give a case the files that this person has staged; another's stay his own."""
    if not tokens:
        return
    for attachment in session.exec(select(Attachment).where(col(Attachment.token).in_(tokens))):
        if attachment.case_id not in (None, case_id):
            raise Conflict("This file belongs to another case.")
        if attachment.case_id is None and attachment.uploaded_by != who:
            raise Conflict("This file was uploaded by somebody else.")
        attachment.case_id = case_id
        session.add(attachment)


def tokens(form: Form, values: Mapping[str, Any]) -> list[str]:
    """The files that answers carry, those in rows too."""
    return [token for path, component in form.walk() if isinstance(component, FilePicker)
            for token in _held(values, path.replace("[]", ""))]


def _held(values: Mapping[str, Any], path: str) -> Iterator[str]:
    """What a dotted path leads to, through groups and through every row of a list."""
    name, _, rest = path.partition(".")
    found = values.get(name)
    if not rest:
        yield from (token for token in found or [] if isinstance(token, str))
        return
    for inner in found if isinstance(found, list) else [found]:
        if isinstance(inner, Mapping):
            yield from _held(inner, rest)


def of(session: Session, case_id: int) -> list[Attachment]:
    """All files of a case."""
    return list(session.exec(select(Attachment).where(Attachment.case_id == case_id).order_by(col(Attachment.id))))


def keep(content: bytes) -> str:
    """Store bytes under their hash, durably; the same bytes are stored once."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync(path.parent)
        _sync(path.parent.parent)
    return digest


def read(digest: str) -> bytes:
    """Stored bytes, checked against their name."""
    if not _path(digest).exists():
        raise NotFound("This file was not found.")
    content = _path(digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise Conflict("A stored file does not match its hash.")
    return content


def _sync(folder: Path) -> None:
    """A new name is kept only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _path(digest: str) -> Path:
    return settings().var / "files" / digest[:2] / digest
