"""What the database is doing, for whoever counts or traces it; never what it holds."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from api.store.engine import Database

T = TypeVar("T")


def watch_pool(database: Database, taken: Callable[[], None], returned: Callable[[], None]) -> None:
    """Tell when a connection is taken into use, and when it is given back."""
    pool = database.engine.sync_engine.pool

    def checked_out(*_: object) -> None:
        taken()

    def checked_in(*_: object) -> None:
        returned()

    event.listen(pool, "checkout", checked_out)
    event.listen(pool, "checkin", checked_in)
    event.listen(pool, "detach", checked_in)  # what is held for good is none of the pool's


def watch_statements(database: Database, began: Callable[[str], T], ended: Callable[[T, str | None], None]) -> None:
    """Tell when a statement begins, by its text without parameters, and when it ends, or the kind of its failure.

    What is made of its beginning is handed to its end.
    """
    running: dict[int, T] = {}

    def before(*given: Any) -> None:  # noqa: ANN401 - the library's own arguments
        _connection, _cursor, statement, _parameters, execution, _many = given
        running[id(execution)] = began(statement)

    def after(*given: Any) -> None:  # noqa: ANN401 - the same
        end(given[4], None)

    def failed(problem: ExceptionContext) -> None:
        end(problem.execution_context, type(problem.original_exception).__name__)

    def end(execution: object, failure: str | None) -> None:
        if id(execution) in running:
            ended(running.pop(id(execution)), failure)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "handle_error", failed)

    def began_raw(statement: str) -> Callable[[str | None], None]:
        token = began(statement)
        return lambda failure: ended(token, failure)

    if database.raw is not None:
        database.raw.watcher = began_raw
