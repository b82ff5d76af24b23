"""What callers are told: English text that remembers what it was made of, so that it can be told in another language.

A message is its English text, and behaves as that text. Its template names values by `{name}`; they may be messages
themselves. The templates are the ids of the catalogues in `schema/locales/`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Self


class Message(str):
    """An English text, with the template and the values that it was made of."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """The text of a template; without values that is the template itself, braces and all."""
        message = str.__new__(cls, cls.put(template, values))
        message.template = template
        message.values = values
        return message

    def __getnewargs__(self) -> tuple[str, Mapping[str, object]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What a copy is made of."""
        return self.template, self.values

    @classmethod
    def put(cls, template: str, values: Mapping[str, object]) -> str:
        """The text that a template, of whichever language, has with values."""
        return template.format_map(values) if values else template


class Joined(Message):
    """Texts one after the other; the template is what stands between them."""

    __slots__ = ()

    @classmethod
    def put(cls, template: str, values: Mapping[str, object]) -> str:
        """The values with the template between them."""
        return template.join(str(value) for value in values.values())


def said(template: str, /, **values: object) -> Message:
    """A message. The template is written out where it is called, so that it is found for the catalogues."""
    return Message(template, values)


def listed(separator: str, items: Iterable[object]) -> Message:
    """Items with a separator between them, which is a template of its own."""
    return Joined(separator, {str(position): item for position, item in enumerate(items)})


Made = dict[str, Any]
"""What a message was made of, as JSON holds it; values are texts, or made in turn."""


def made_of(message: Message) -> Made:
    """What a message was made of, so that it can be kept."""
    values = {
        name: made_of(value) if isinstance(value, Message) else str(value) for name, value in message.values.items()
    }
    told: Made = {"template": message.template, "values": values}
    return {**told, "joined": True} if isinstance(message, Joined) else told


def made_again(told: Made) -> Message:
    """A message from what it was made of. Raises LookupError or TypeError for what no message was made of."""
    values: Made = told["values"]
    kind = Joined if told.get("joined") else Message
    return kind(
        told["template"],
        {name: value if isinstance(value, str) else made_again(value) for name, value in values.items()},
    )
