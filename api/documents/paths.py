"""Where documents are served."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from schema.shown import Shown

ORDER = "order"


def path_of(shown: Shown, how: Mapping[str, str]) -> str:
    """The path and query of what is shown, in a format and a language."""
    by, query = quote(shown.by, safe=""), urlencode({**shown.asked, **how})
    return f"/orders/{by}/quote?{query}" if shown.of == ORDER else f"/quotes/{shown.of}/{by}?{query}"
