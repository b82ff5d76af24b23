"""What the database is doing, for whoever counts or traces it; never what it holds."""

from collections.abc import Callable

from sqlalchemy import event

from api.store.engine import Database


def watch_pool(database: Database, taken: Callable[[], None], returned: Callable[[], None]) -> None:
    """Tell when a connection is taken into use, and when it is given back."""
    pool = database.engine.sync_engine.pool

    def checked_out(*_: object) -> None:
        taken()

    def checked_in(*_: object) -> None:
        returned()

    event.listen(pool, "checkout", checked_out)
    event.listen(pool, "checkin", checked_in)
