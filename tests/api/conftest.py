"""The fixture county behind the pages: people who can sign in, cases on their way, a clock that stands still."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from tests.databases import at_file
from api.app import create_app
from tests.api.html import Page
from tests.families import NORMAL, application, with_photo
from workflows import releases
from workflows.cases import decisions, intake
from workflows.cases.papers import documents  # noqa: F401
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.office import people, sign_in
from workflows.office.tables import Person, SampleClock
from workflows.records.session import make_engine, writing
from workflows.records.types import CHINA
from workflows.sample import fixture
from workflows.settings import settings

NOW = datetime(2024, 3, 4, 10, 30, tzinfo=CHINA)
PASSWORD = "a-long-password"
QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))     # people sign in for every page here
# How far each case has come: the number of normal steps taken, and the applicant.
CASES = {"王建国": 0, "赵德顺": 1, "刘海燕": 4, "陈国强": 5, "马桂兰": 6, "孙立军": 4}
Enter = Callable[..., TestClient]


@pytest.fixture(autouse=True)
def sample_county(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(sign_in, "HASHER", QUICK)
    monkeypatch.setenv("YIMEN_SAMPLE", "true")
    monkeypatch.setenv("YIMEN_VAR", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("county") / "county.sqlite"
    engine = at_file(path)
    with writing(engine) as session:
        fixture.load(session)
        session.add(SampleClock(fixed_at=NOW))
        secret = QUICK.hash(PASSWORD)
        for person in session.exec(select(Person)):
            person.password_hash = secret
        releases.publish_all(session, NOW)
    for number, (name, steps) in enumerate(CASES.items()):
        with writing(engine) as session:
            _bring(session, name, number, steps)
    engine.dispose()
    return path


def _bring(session: Session, name: str, number: int, steps: int) -> None:
    start = NOW - timedelta(minutes=30 - number)
    answers = application(number, applicant_name=name, account_holder=name)
    answers["members"][0]["name"] = answers["incomes"][0]["member"] = name
    case = intake.apply(session, "dibao", answers, people.by_login(session, "window_clerk1"), start)
    for login, node, given in NORMAL[:steps]:
        item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node,
                                                   WorkItem.state == WorkState.OPEN)).first()
        who = people.by_login(session, login)
        first = decisions.initial(session, item, case, who, start)
        decisions.complete(session, item.id, {**first, **with_photo(session, given, who, start)}, who, start)


@pytest.fixture
def county(built: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "copy.sqlite"
    shutil.copy(built, path)
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def db(county: Engine) -> Iterator[Session]:
    with Session(county, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def enter(county: Engine) -> Enter:
    app = create_app(county)

    def opened(login: str = "", **options: Any) -> TestClient:
        client = TestClient(app, follow_redirects=False, **options)
        if login:
            answer = post(client, "/sign-in", {"login": login, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client

    return opened


@pytest.fixture
def screen(enter: Enter) -> Callable[..., Page]:
    """Get a page as somebody, and check everything that must hold of every page."""

    def got(login: str, path: str, status: int = 200, **options: Any) -> Page:
        answer = enter(login).get(path, **options)
        assert answer.status_code == status, answer.text[:2000]
        return Page(answer.text).checked()

    return got


def token(client: TestClient, path: str) -> str:
    """The CSRF token of a page's first form."""
    return Page(client.get(path).text).csrf


def post(client: TestClient, path: str, data: dict[str, Any] | None = None, *, on: str = "", **options: Any) -> Response:
    """Send a form as the page `on` would: with its token."""
    return client.post(path, data={"_csrf": token(client, on or "/sign-in"), **(data or {})}, **options)


def item_of(db: Session, subject: str, node: str = "", role: str = "") -> WorkItem:
    """The open work item of an applicant's case."""
    db.rollback()
    found = select(WorkItem).join(Case, col(Case.id) == col(WorkItem.case_id)).where(
        Case.subject == subject, WorkItem.state == WorkState.OPEN)
    return next(item for item in db.exec(found) if node in ("", item.node) and role in ("", item.role))


def case_of(db: Session, subject: str) -> Case:
    """The case of an applicant."""
    db.rollback()
    return db.exec(select(Case).where(Case.subject == subject)).one()


