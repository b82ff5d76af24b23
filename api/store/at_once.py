"""Short reads of SQLAlchemy Core that SQLite answers by an index, before anything else is done.

The engine's own connections live in threads: to hand a statement over, and to take its rows, takes several times as
long as such a read. What may take long is not read here, since everybody else would wait for it.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, StaticPool, create_engine, event

from api.store.raw import reading_only


class Briefly:
    """A connection whose statements are awaited as those of the engine are, and have run by then."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable) -> CursorResult[Any]:
        """The rows of a statement."""
        return self._connection.execute(statement)


class AtOnce:
    """A connection to a file of SQLite, which only reads."""

    def __init__(self, file: Path) -> None:
        self.engine = create_engine("sqlite://", creator=lambda: reading_only(file), poolclass=StaticPool)
        event.listen(self.engine, "begin", _begun)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Briefly]:
        """A connection in a transaction. Raises OperationalError where it would have to wait."""
        with self.engine.connect() as connection, connection.begin():
            yield Briefly(connection)

    def close(self) -> None:
        """Close the connection."""
        self.engine.dispose()


def _begun(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
