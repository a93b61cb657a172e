"""Files that a page hands out."""

from urllib.parse import quote

from fastapi.responses import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"


def download(content: bytes, name: str, media_type: str, how: str = "inline") -> Response:
    """A file under its own name, which may be Chinese."""
    return Response(content, media_type=media_type, headers={
        "content-disposition": f"{how}; filename*=UTF-8''{quote(name)}", "content-security-policy": POLICY})


def sheet(content: bytes, name: str) -> Response:
    """A workbook to be saved."""
    return download(content, name, XLSX, "attachment")
