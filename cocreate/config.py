"""Every setting, with its unit and default, read once from the environment.

`docs/operations.md` and README list the same settings; a test compares them.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cocreate.i18n import LANGUAGES

PREFIX = "COCREATE_"


class BadSettings(Exception):
    """One or more settings cannot be used; `faults` has one line for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def setting(default: Any, says: str) -> Any:
    """A setting with its default and the sentence that explains it."""
    return field(default=default, metadata={"says": says})


@dataclass(frozen=True)
class Settings:
    """The settings of one process. Each is `COCREATE_` and the name in capitals."""

    env: str = setting("demo", "`demo`, or `production`: no demo data, no default secret")
    data_dir: str = setting(
        "data", "folder for the SQLite database, search index and written mails"
    )
    database_url: str = setting("", "`postgresql://...`; empty: SQLite in the data folder")
    secret_key: str = setting("", "signs cookies and links; at least 32 characters in production")
    base_url: str = setting("", "the portal's public address, used in mails and feeds")
    host: str = setting("127.0.0.1", "address to listen on")
    port: int = setting(8000, "port to listen on")
    threads: int = setting(8, "requests handled at once by one web process")
    processes: int = setting(1, "web processes")
    proxies: int = setting(0, "trusted reverse proxies in front; 0: none")
    smtp_url: str = setting("", "`smtp[s]://user:password@host:port`; empty: mails become files")
    smtp_timeout: int = setting(20, "seconds to wait for the mail server")
    mail_from: str = setting("", "sender of mails; empty: noreply@ the host of the base address")
    language: str = setting("cs", "language where a visitor's browser names none of ours")
    lease: int = setting(60, "seconds after which work that a dead worker held is taken again")
    worker_pause: float = setting(0.25, "seconds between two looks for work")
    keep_pages: float = setting(1.0, "seconds for which a visitor's page is kept whole; 0: never")
    limits: bool = setting(True, "whether floods from one address are refused")
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def data(self) -> Path:
        """The data folder."""
        return Path(self.data_dir).absolute()

    @property
    def database(self) -> str:
        """The database's address as SQLAlchemy takes it."""
        if not self.database_url:
            return f"sqlite:///{self.data / 'cocreate.sqlite3'}"
        scheme, rest = self.database_url.split(":", 1)
        return f"postgresql+psycopg:{rest}" if scheme.startswith("postgres") else self.database_url

    @property
    def address(self) -> str:
        """The portal's public address, without a closing slash."""
        host = "localhost" if self.host in ("0.0.0.0", "127.0.0.1", "::") else self.host  # noqa: S104
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or f"noreply@{urlsplit(self.address).hostname or 'localhost'}"

    @property
    def is_production(self) -> bool:
        return self.env == "production"


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environ` holds. Raises BadSettings with every fault found."""
    values: dict[str, Any] = {}
    known = {PREFIX + one.name.upper(): one for one in fields(Settings)}
    faults = [
        f"{name}: there is no such setting"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    ]
    for name, one in known.items():
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            values[one.name] = _value(text, one.default)
        except ValueError:
            faults.append(f"{name}: {text!r} is not {_kind(one.default)}")
    settings = Settings(**values)
    faults += _faults(settings)
    if faults:
        raise BadSettings(faults)
    return settings if settings.secret_key else _with_kept_secret(settings)


def _value(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() not in ("1", "0", "true", "false", "yes", "no"):
            raise ValueError(text)
        return text.lower() in ("1", "true", "yes")
    return type(default)(text)


def _kind(default: Any) -> str:
    return {bool: "yes or no", int: "a whole number", float: "a number"}[type(default)]


def _faults(settings: Settings) -> list[str]:
    faults = []

    def check(right: bool, name: str, words: str) -> None:
        if not right:
            faults.append(f"{PREFIX}{name}: {words}")

    check(settings.env in ("demo", "production"), "ENV", "is demo or production")
    check(0 < settings.port < 65536, "PORT", "is between 1 and 65535")
    check(1 <= settings.threads <= 256, "THREADS", "is between 1 and 256")
    check(1 <= settings.processes <= 64, "PROCESSES", "is between 1 and 64")
    check(0 <= settings.proxies <= 10, "PROXIES", "is between 0 and 10")
    check(settings.lease >= 1, "LEASE", "is at least 1 second")
    check(settings.smtp_timeout >= 1, "SMTP_TIMEOUT", "is at least 1 second")
    check(0 < settings.worker_pause <= 60, "WORKER_PAUSE", "is above 0 and at most 60 seconds")
    check(0 <= settings.keep_pages <= 60, "KEEP_PAGES", "is between 0 and 60 seconds")
    check(settings.language in LANGUAGES, "LANGUAGE", f"is one of {', '.join(LANGUAGES)}")
    check(
        settings.log_level in ("DEBUG", "INFO", "WARNING", "ERROR"),
        "LOG_LEVEL",
        "is DEBUG, INFO, WARNING or ERROR",
    )
    scheme = settings.database_url.split(":", 1)[0]
    check(
        scheme in ("", "postgresql", "postgres", "postgresql+psycopg", "sqlite"),
        "DATABASE_URL",
        "starts with postgresql:// (or is empty for SQLite in the data folder)",
    )
    if settings.smtp_url:
        url = urlsplit(settings.smtp_url)
        check(
            url.scheme in ("smtp", "smtps", "smtp+starttls") and bool(url.hostname),
            "SMTP_URL",
            "looks like smtp://host:25, smtp+starttls://user:password@host:587 or smtps://host:465",
        )
    if settings.base_url:
        url = urlsplit(settings.base_url)
        check(
            url.scheme in ("http", "https") and bool(url.hostname) and url.path in ("", "/"),
            "BASE_URL",
            "looks like https://ideas.example.com, without a path",
        )
    if settings.is_production:
        check(
            len(settings.secret_key) >= 32,
            "SECRET_KEY",
            "is needed in production, with at least 32 characters"
            " (python3 -c 'import secrets; print(secrets.token_urlsafe(48))')",
        )
        check(bool(settings.base_url), "BASE_URL", "is needed in production, for links in mails")
    return faults


def _with_kept_secret(settings: Settings) -> Settings:
    """Outside production the secret is made once and kept in the data folder."""
    path = settings.data / "secret_key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            made = path.with_name(f"secret_key.{secrets.token_hex(4)}")
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(48))
            try:
                # A link refuses to replace: of two first starts at once, one secret wins.
                os.link(made, path)
            except FileExistsError:
                pass
            finally:
                made.unlink()
        values = {one.name: getattr(settings, one.name) for one in fields(Settings)}
        return Settings(**{**values, "secret_key": path.read_text().strip()})
    except OSError as error:
        raise BadSettings([f"{PREFIX}DATA_DIR: {error.strerror}: {error.filename}"]) from error
