"""The database's revisions: bringing it to the newest one, and telling whether it is there.

The revisions are part of the installed package, so that `coverline migrate` works wherever coverline does.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import migrations
from api.store.engine import Database, open_database


async def migrate(url: str, revision: str = "head") -> None:
    """Brings a database to a revision, the newest one by default, in one transaction; nothing where it is there.

    Raises DatabaseRefused for a URL that cannot be used.
    """
    database = open_database(url)
    try:
        async with database.writing() as connection:
            await connection.run_sync(_move, revision)
    finally:
        await database.close()


async def is_current(database: Database) -> bool:
    """Whether a database is at the newest revision."""
    async with database.reading() as connection:
        return set(await connection.run_sync(_heads_of)) == set(newest())


def newest() -> tuple[str, ...]:
    """The newest revision that this package holds."""
    return tuple(ScriptDirectory.from_config(configuration()).get_heads())


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration: where the package's revisions stand, and the connection to run them on."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _move(connection: Connection, revision: str) -> None:
    config = configuration(connection)
    if revision == "base" or revision.startswith("-"):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _heads_of(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()
