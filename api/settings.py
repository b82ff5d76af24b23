"""What an operator may set: each setting is an environment variable that begins with COVERLINE_."""

import os
from pathlib import Path
from typing import Annotated

from limits import parse_many
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schema.store import ViewerKind


def embedded_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"


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
    connections: int = Field(default=5, ge=1, description="Connections to the database that are kept open.")
    edition: str = Field(default="imagicle-care-4.1", description="The guide's edition that this deployment runs.")
    graphiql: bool = Field(default=False, description="Serve GraphiQL to browsers at /graphql.")
    introspection: bool = Field(default=False, description="Answer introspection queries.")
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    price_book: str = Field(default="LIST", min_length=1, description="The price book of accounts without their own.")
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$", description="The currency of accounts without one.")
    due_days: int = Field(default=30, ge=0, le=3650, description="Days from an order to the day that it is due.")
    workers: int = Field(default=1, ge=1, description="Processes that serve.")
    rate: str = Field(
        default="120000/minute",
        description="Requests of one key, as `100/second; 2000/minute`; empty for no limit.",
    )
    rate_of_strangers: str = Field(
        default="600/minute", description="Requests without a valid key from one address; empty for no limit."
    )
    at_once: int = Field(default=200, ge=1, description="Requests of one key that are worked on at the same time.")
    trusted_only: Annotated[frozenset[ViewerKind], NoDecode] = Field(
        default=frozenset(),
        description="Kinds of viewers that may send trusted documents only, such as `partner,customer`.",
    )
    clients: int = Field(default=900, ge=1, description="Connections of clients to one process.")

    @field_validator("rate", "rate_of_strangers")
    @classmethod
    def _is_rate(cls, written: str) -> str:
        if written.strip():
            parse_many(written)
        return written

    @field_validator("trusted_only", mode="before")
    @classmethod
    def _kinds(cls, written: object) -> object:
        return (
            [kind.strip().lower() for kind in written.split(",") if kind.strip()]
            if isinstance(written, str)
            else written
        )

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a SQLite file, which belongs to this installation alone."""
        return self.database_url.startswith("sqlite")
