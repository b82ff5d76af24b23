"""What an operator may set: each setting is an environment variable that begins with COVERLINE_."""

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from limits import parse_many
from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.store.kept import KEPT
from schema.scopes import Scope
from schema.store import ViewerKind

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]
LogFormat = Literal["auto", "json", "console"]
LogLevel = Literal["debug", "info", "warning", "error"]


def _days(written: object) -> object:
    """Days as they are written in the environment: `90, 60, 30`."""
    if not isinstance(written, str):
        return written
    return sorted({int(one) for one in written.split(",") if one.strip()}, reverse=True)


MOST_NOTICE = 3_650
Days = Annotated[tuple[Annotated[int, Field(ge=1, le=MOST_NOTICE)], ...], NoDecode, BeforeValidator(_days)]
"""How many days before an end it is told, each by itself; none where empty."""


def embedded_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"


def embedded_file(url: str) -> Path | None:
    """The file of an embedded database; None for a URL of another kind."""
    kind, _, path = url.partition(":///")
    return Path(path) if path and kind.startswith("sqlite") else None


def default_database() -> str:
    """An embedded database in the user's own folder for data, made when first used."""
    folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "coverline"
    return embedded_url(folder / "coverline.db")


class Settings(BaseSettings):
    """The settings of a process, read once at its start."""

    model_config = SettingsConfigDict(env_prefix="COVERLINE_", frozen=True)

    database_url: str = Field(
        default_factory=default_database, description="sqlite:///PATH or postgresql://USER@HOST/NAME", repr=False
    )
    sandbox_url: str | None = Field(
        default=None,
        description="The sandbox's database; beside an embedded one when not set, none when empty.",
        repr=False,
    )
    connections: int = Field(default=5, ge=1, description="Connections to the database that are kept open.")
    edition: str = Field(default="imagicle-care-4.1", description="The guide's edition that this deployment runs.")
    editions: Path | None = Field(default=None, description="A folder of editions besides those of the package.")
    graphiql: bool = Field(default=False, description="Serve GraphiQL to every browser at /graphql.")
    console: bool = Field(default=True, description="Serve the console for people at /console.")
    console_secret: SecretStr | None = Field(
        default=None, min_length=32, description="What sessions of the console are encrypted with; made at each start."
    )
    console_minutes: int = Field(
        default=480, ge=1, le=10_080, description="Minutes that a session of the console holds."
    )
    introspection: bool = Field(default=False, description="Answer introspection queries.")
    federation: bool = Field(default=False, description="Serve the Federation 2 subgraph at /subgraph.")
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    price_book: str = Field(default="LIST", min_length=1, description="The price book of accounts without their own.")
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$", description="The currency of accounts without one.")
    due_days: int = Field(default=30, ge=0, le=3650, description="Days from an order to the day that it is due.")
    signing_keys: Path | None = Field(default=None, description="The folder of the keys that sign decisions.")
    compiled: bool = Field(default=True, description="Answer queries that are sent again by compiled operations.")
    kept_documents: float = Field(
        default=KEPT,
        ge=0,
        le=1024,
        description="Mebibytes of documents whose facts are kept, never outdated; they take some ten times as much.",
    )
    read_model_seconds: float = Field(
        default=0,
        ge=0,
        le=3600,
        description="How long facts may be answered from memory after another process changed them; 0 never.",
    )
    webhook_key: SecretStr | None = Field(
        default=None, min_length=32, description="What the secrets of webhooks are derived from; keep it, and apart."
    )
    webhook_private: bool = Field(
        default=False, description="Let webhooks go to private, loopback and link-local addresses, and over http."
    )
    deliver: bool = Field(default=False, description="Deliver events, and look for those of each day, within `serve`.")
    delivery_tries: int = Field(default=14, ge=1, le=100, description="How often an event is tried before it is dead.")
    delivery_pause: float = Field(default=5, gt=0, le=3600, description="Seconds from the first try to the second.")
    delivery_timeout: float = Field(default=10, gt=0, le=60, description="Seconds within which a receiver answers.")
    notice_coverage: Days = Field(default=(90, 60, 30, 7), description="Days before coverage ends that it is told.")
    notice_free_renewal: Days = Field(default=(30, 7), description="Days before a free renewal closes.")
    notice_support: Days = Field(default=(365, 180, 90, 30), description="Days before an end of support.")
    event_days: int = Field(
        default=90, ge=0, le=36_500, description="Days that events are kept once they were delivered; 0 keeps them."
    )
    workers: int = Field(default=1, ge=1, description="Processes that serve.")
    log_level: LogLevel = Field(default="info", description="The least grave events that are logged.")
    traces: bool = Field(default=False, description="Send traces by OTLP; needs the extra coverline[telemetry].")
    log_format: LogFormat = Field(default="auto", description="json or console; auto is console on a terminal.")

    oidc_issuer: str | None = Field(default=None, description="Whose tokens are taken: the exact `iss`.")
    oidc_audience: str | None = Field(default=None, description="What tokens are for: one of their `aud`.")
    oidc_jwks: str | None = Field(default=None, description="The issuer's keys: an https address, or a file.")
    oidc_algorithm: Algorithm = Field(default="RS256", description="The one algorithm that tokens are signed with.")
    oidc_kind_claim: str = Field(default="coverline_kind", description="The claim: internal, partner or customer.")
    oidc_account_claim: str = Field(default="coverline_account", description="The claim: the account's reference.")
    oidc_scope_claim: str = Field(default="scope", description="The claim that holds the scopes.")

    @model_validator(mode="after")
    def _tokens_are_whole(self) -> "Settings":
        named = (self.oidc_issuer, self.oidc_audience, self.oidc_jwks)
        if any(named) and not all(named):
            raise ValueError("COVERLINE_OIDC_ISSUER, COVERLINE_OIDC_AUDIENCE and COVERLINE_OIDC_JWKS go together")
        if self.oidc_jwks and "://" in self.oidc_jwks and not self._is_safe(urlsplit(self.oidc_jwks)):
            raise ValueError("COVERLINE_OIDC_JWKS is an https address, http on this machine only, or a file")
        return self

    @staticmethod
    def _is_safe(address: SplitResult) -> bool:
        return address.scheme == "https" or (address.scheme == "http" and address.hostname in {"127.0.0.1", "::1"})

    rate: str = Field(
        default="120000/minute",
        description="Requests of one key, as `100/second; 2000/minute`; empty for no limit.",
    )
    rate_of_strangers: str = Field(
        default="600/minute", description="Requests without a valid key from one address; empty for no limit."
    )
    at_once: int = Field(default=200, ge=1, description="Requests of one key that are worked on at the same time.")
    trusted_only: Annotated[frozenset[ViewerKind | Scope], NoDecode] = Field(
        default=frozenset(),
        description="Kinds of viewers, or scopes, whose holders may send trusted documents only.",
    )
    clients: int = Field(default=900, ge=1, description="Connections of clients to one process.")

    @field_validator("editions")
    @classmethod
    def _is_folder(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            raise ValueError(f"{folder} is not a folder; give the one that holds a folder for each edition")
        return folder

    @field_validator("rate", "rate_of_strangers")
    @classmethod
    def _is_rate(cls, written: str) -> str:
        if written.strip():
            parse_many(written)
        return written

    @field_validator("trusted_only", mode="before")
    @classmethod
    def _named(cls, written: object) -> object:
        return (
            [name.strip().lower() for name in written.split(",") if name.strip()]
            if isinstance(written, str)
            else written
        )

    @property
    def sandbox(self) -> str | None:
        """The URL of the sandbox's database; None without a sandbox."""
        file = embedded_file(self.database_url)
        if self.sandbox_url is None and file:
            return embedded_url(file.with_name(f"{file.stem}-sandbox{file.suffix}"))
        return self.sandbox_url or None

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a SQLite file, which belongs to this installation alone."""
        return self.database_url.startswith("sqlite")
