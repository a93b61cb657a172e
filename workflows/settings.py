"""The environment, read once."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Sender(BaseModel):
    """Another system that sends messages to cases: its secret, and what it may say."""

    secret: SecretStr = Field(min_length=32)
    names: frozenset[str] = Field(description="messages it may send")
    processes: frozenset[str] = Field(description="to cases of these")


class Settings(BaseSettings):
    """What an installation may set, each by a variable `YIMEN_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="YIMEN_", env_file=ROOT / ".env", extra="ignore")

    var: Path = Field(default=ROOT / "var", description="folder of the database and of the attachments")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in `var`")
    secret_key: str = Field(default="", description="key of signed tokens; empty: made once and kept in `var`")
    sample: bool = Field(default=False, description="the sample county: demo accounts and a movable clock")
    secure_cookies: bool = Field(default=False, description="cookies over https only; always so where https is seen")
    host: str = "127.0.0.1"
    port: int = 8000
    prefect_port: int = 4200
    bank_port: int = 8300
    bank_url: str = Field(default="", description="where the bank answers; empty: the simulator's port")
    bank_name: str = Field(default="simulator", description="whose result codes it speaks: a table of payments/bank/codes.toml")
    objections_at_once: int = Field(default=5, ge=1, description="public objections one address may send at once")
    objection_every: int = Field(default=600, ge=0, description="seconds after which that address may send another one")
    objections_open: int = Field(default=20, ge=1, description="unanswered objections without a name a notice may have")
    message_senders: dict[str, Sender] = Field(default_factory=dict, description="who may send messages to cases")
    message_window: int = Field(default=300, ge=1, description="seconds a signed message stays good")
    message_days: int = Field(default=30, ge=1, description="days a message waits for its case to want it")
    clock_back: int = Field(default=60, ge=1, description="seconds the clock may stand back before timers are held")
    clock_forward: int = Field(default=300, ge=1, description="seconds it may stand ahead before timers are held")
    clock_apart: int = Field(default=120, ge=1, description="seconds between this machine's clock and the database's")
    clock_away: int = Field(default=30, ge=1, description="days between two starts after which the clock is doubted")
    font_dirs: list[Path] = Field(default_factory=list, description="folders of the bureau's own fonts")

    @property
    def url(self) -> str:
        """The database in force."""
        return self.database_url or f"sqlite:///{self.var / 'yimen.sqlite'}"

    @property
    def bank(self) -> str:
        """Base URL of the bank connector."""
        return self.bank_url or f"http://127.0.0.1:{self.bank_port}"


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
