"""A browser without a window: signs in, fills forms as HTML does, follows nothing by itself."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

CSRF = re.compile(r'name="_csrf" value="([^"]+)"')


class WebClient:
    """One officer's browser, against a running server."""

    def __init__(self, base_url: str, timeout: float = 20) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=timeout, follow_redirects=False)

    def sign_in(self, login: str, password: str) -> None:
        """Sign in, or fail the test."""
        answer = self.post("/sign-in", {"login": login, "password": password}, token_from="/sign-in")
        assert answer.status_code == 303, answer.text[:500]

    def post(self, path: str, answers: dict[str, Any], *, token_from: str = "",
             files: Mapping[str, tuple[str, bytes]] | None = None) -> httpx.Response:
        """Open the page for its token, then send the form, with what is handed in."""
        page = self.http.get(token_from or path)
        found = CSRF.search(page.text)
        assert found, f"no form on {token_from or path}: {page.status_code} {page.text[:300]}"
        return self.http.post(path, data={"_csrf": found[1], **dict(flat(answers))}, files=files)


def flat(answers: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Nested answers under the names that a page's fields have; an unticked box is not sent."""
    if isinstance(answers, dict):
        for key, value in answers.items():
            yield from flat(value, f"{name}.{key}" if name else key)
    elif isinstance(answers, list) and answers and isinstance(answers[0], dict):
        for place, row in enumerate(answers):
            yield from flat(row, f"{name}[{place}]")
    elif isinstance(answers, bool):
        if answers:
            yield name, "true"
    elif answers is not None:
        yield name, [str(value) for value in answers] if isinstance(answers, list) else str(answers)
