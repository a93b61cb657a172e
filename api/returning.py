"""What was sent after the session had ended: carried through the sign-in page, sent again by the sender's own click."""

import json
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from api.known import CSRF_FIELD

LONGEST = 1_000_000
NEVER = frozenset({"/password", "/sign-out"})


@dataclass(frozen=True)
class Kept:
    """Fields on their way to an address of ours; files have to be chosen again."""

    target: str
    fields: tuple[tuple[str, str], ...]
    files: bool = False

    @property
    def packed(self) -> str:
        """For a hidden field."""
        return json.dumps([self.target, self.fields, self.files], ensure_ascii=False)


def of(request: Request, sent: FormData) -> Kept | None:
    """What can be sent again; None: nothing that may be carried about."""
    if request.url.path in NEVER:
        return None
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    items = [(name, value) for name, value in sent.multi_items() if name != CSRF_FIELD]
    texts = tuple((name, value) for name, value in items if isinstance(value, str))
    kept = Kept(target, texts, any(isinstance(value, UploadFile) and value.filename for _, value in items))
    return kept if len(kept.packed) <= LONGEST else None


def unpacked(text: str) -> Kept | None:
    """What the sign-in page carried; None when it was nothing, or nonsense."""
    try:
        target, fields, files = json.loads(text)
        texts = tuple((name, value) for name, value in fields)
    except (ValueError, TypeError):
        return None
    sound = isinstance(target, str) and all(isinstance(part, str) for pair in texts for part in pair)
    return Kept(target, texts, bool(files)) if sound else None
