"""What an operator may set: each setting is an environment variable that begins with COVERLINE_."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

LogFormat = Literal["auto", "json", "console"]
LogLevel = Literal["debug", "info", "warning", "error"]


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
    log_level: LogLevel = Field(default="info", description="The least grave events that are logged.")
    traces: bool = Field(default=False, description="Send traces by OTLP; needs the extra coverline[telemetry].")
    log_format: LogFormat = Field(default="auto", description="json or console; auto is console on a terminal.")

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a SQLite file, which belongs to this installation alone."""
        return self.database_url.startswith("sqlite")
