"""Pages: templates of HTML whose texts are in the catalogues, and the static files beside them."""

from collections.abc import Callable
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from api.console.wording import ConsoleWording
from api.console.words import word
from entitlements.messages import Message
from schema.languages import LANGUAGES

STATIC = Path(__file__).parent / "static"
ROOT = "/console"

pages = Environment(
    loader=PackageLoader("api.console"),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def static(name: str) -> str:
    """The address of a static file, another one whenever the file is another."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{ROOT}/static/{name}?v={digest}"


def rendered(template: str, wording: ConsoleWording, **values: Any) -> str:  # noqa: ANN401 - whatever a page shows
    """A page in a language."""
    return pages.get_template(template).render(
        wording=wording,
        told=_teller(wording),
        word=partial(_word, wording),
        static=static,
        root=ROOT,
        languages={language: ConsoleWording(language).own_name for language in LANGUAGES},
        **values,
    )


def _word(wording: ConsoleWording, code: str) -> str:
    return wording.told(word(code))


def _teller(wording: ConsoleWording) -> Callable[..., str]:
    def told(template: str, **values: object) -> str:
        """A text of a template; `make messages` finds each by this function's name."""
        return wording.told(Message(template, values))

    return told
