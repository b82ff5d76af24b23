"""How the generated clients ask: JSON over HTTP, by httpx2, and by trusted documents where that is wished."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, cast

import httpx2
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from .base_model import UNSET
from .document_ids import DOCUMENT_IDS

Variables = Mapping[str, object]


class Unanswered(Exception):  # noqa: N818 - the server may have good reasons
    """What came back is no answer of GraphQL: a proxy's page, or nothing that is JSON."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        """The status of HTTP."""


class Refused(Unanswered):
    """The request was not answered, or not wholly. What the rules refuse is a `Problem` and no exception."""

    def __init__(self, status: int, errors: Sequence[Mapping[str, Any]], data: Mapping[str, Any] | None) -> None:
        super().__init__(status, "; ".join(str(error.get("message")) for error in errors))
        self.errors = errors
        """As GraphQL has them: `message`, `path`, `extensions`."""
        self.codes = [cast("dict[str, Any]", error.get("extensions") or {}).get("code") for error in errors]
        """What programs decide by, such as FORBIDDEN; None for an error without a code."""
        self.data = data
        """What was answered all the same."""


class _Asking:
    """What asking has in common, whether it waits or not."""

    def __init__(self, url: str, key: str | None, *, trusted: bool, headers: Mapping[str, str] | None) -> None:
        self.url = url
        self.trusted = trusted
        self.headers = {**({"authorization": f"Bearer {key}"} if key else {}), **(headers or {})}

    def body(self, query: str, operation_name: str, variables: Variables) -> dict[str, Any]:
        """A request as JSON has it; variables and fields of inputs that were not given are left out."""
        named = {"documentId": DOCUMENT_IDS[operation_name]} if self.trusted else {"query": query}
        given = {name: _given(value) for name, value in variables.items() if value is not UNSET}
        return to_jsonable_python({**named, "operationName": operation_name, "variables": given})

    @staticmethod
    def get_data(response: httpx2.Response) -> dict[str, Any]:
        """What was answered. Raises Refused for errors, whatever the status, and Unanswered for what is no answer."""
        try:
            told = cast("object", response.json())
        except ValueError:
            told = None
        answer = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
        if answer.get("errors"):
            raise Refused(response.status_code, answer["errors"], answer.get("data"))
        if not response.is_success or not isinstance(answer.get("data"), dict):
            raise Unanswered(response.status_code, f"no answer of GraphQL from {response.url}")
        return answer["data"]


def _given(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_unset=True)
    return [_given(one) for one in cast("list[object]", value)] if isinstance(value, list) else value


class BaseClient(_Asking):
    """Asks and waits.

    `url` is the address of `/graphql`. With `trusted`, each document is named by its id in place of its text, which a
    server of the version that this client was generated from knows. `http` is a client of httpx2 with settings of
    one's own, such as a longer timeout; it is closed with this one.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        trusted: bool = False,
        headers: Mapping[str, str] | None = None,
        http: httpx2.Client | None = None,
    ) -> None:
        super().__init__(url, key, trusted=trusted, headers=headers)
        self.http = http or httpx2.Client()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def execute(self, query: str, operation_name: str, variables: Variables) -> httpx2.Response:
        """What came back for an operation."""
        return self.http.post(self.url, json=self.body(query, operation_name, variables), headers=self.headers)


class AsyncBaseClient(_Asking):
    """Asks and lets others have their turn meanwhile. It is made like a BaseClient, `http` an httpx2.AsyncClient."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        trusted: bool = False,
        headers: Mapping[str, str] | None = None,
        http: httpx2.AsyncClient | None = None,
    ) -> None:
        super().__init__(url, key, trusted=trusted, headers=headers)
        self.http = http or httpx2.AsyncClient()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self.http.aclose()

    async def execute(self, query: str, operation_name: str, variables: Variables) -> httpx2.Response:
        """What came back for an operation."""
        return await self.http.post(self.url, json=self.body(query, operation_name, variables), headers=self.headers)
