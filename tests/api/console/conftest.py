"""The console over the priced portfolio: as a demonstration, where nobody signs in, and as in production."""

import asyncio
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from api.deployment import deployed
from api.settings import Settings
from schema.scopes import READ_SCOPES, Scope
from schema.store import Viewer
from tests.ordering import OPERATOR, fill
from tests.portfolio import NOW, PRICING, client_of, settings_in


class Page(HTMLParser):
    """What stands in a page: its text, and every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [given for name, given in self.tags if name == tag and attributes.items() <= given.items()]

    def value(self, name: str) -> str:
        """What a hidden field of a form holds."""
        [field] = self.all("input", name=name, type="hidden")[-1:]
        return field["value"] or ""

    @property
    def links(self) -> list[str]:
        return [given["href"] or "" for given in self.all("a")]


@pytest.fixture(scope="session")
def stocked(tmp_path_factory) -> Settings:
    """The portfolio with prices, a late-fee policy, and a module of a name that is no markup."""
    folder = tmp_path_factory.mktemp("console")
    settings = settings_in(folder)
    fill(settings, folder, PRICING)
    return settings


@pytest.fixture(scope="module")
def demo(stocked) -> Iterator[TestClient]:
    with client_of(stocked) as caller:
        yield caller


@pytest.fixture
def served(stocked) -> Iterator[TestClient]:
    """A browser that has not signed in."""
    with client_of(stocked, demo=False, headers={"sec-fetch-site": "same-origin"}) as caller:
        yield caller


def key_for(settings: Settings, viewer: Viewer = OPERATOR, scopes: frozenset[Scope] = READ_SCOPES) -> str:
    async def make() -> str:
        async with deployed(settings, lambda: NOW) as deployment:
            return (await deployment.keys.create(viewer, scopes, NOW))[1]

    return asyncio.run(make())


def sign_in(caller: TestClient, key: str, back: str = "/console"):
    return caller.post("/console/sign-in", data={"credential": key, "next": back})
