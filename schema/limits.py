"""How large a document may be, counted in one pass over it: each fragment is counted once, wherever it is spread."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from entitlements.messages import said
from schema.errors import QUERY_TOO_COMPLEX, BadInput

MOST_CHARACTERS = 64 * 1024
"""Of a document. One long string is a single token, and takes as long to read as many short ones."""
MOST_TOKENS = 2_000
MOST_COMMENTS = 500
MOST_OPERATIONS = 10
MOST_REPEATS = 100
"""Fields that stand in one place more than once. The library compares each with all others."""


@dataclass(frozen=True, slots=True)
class Size:
    """What an operation or a fragment comes to, with every fragment in its place."""

    levels: int = 0
    """The depth: fields within fields, the leaves among them."""
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "Size") -> "Size":
        """Both in one selection set."""
        return Size(
            max(self.levels, other.levels),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


MOST = Size(levels=15, fields=500, aliases=30, directives=50)
"""The introspection query of the common tools fits."""
WORDS = {
    "levels": said("levels"),
    "fields": said("fields"),
    "aliases": said("aliases"),
    "directives": said("directives"),
    "characters": said("characters"),
    "tokens": said("tokens"),
    "comments": said("comments"),
    "operations": said("operations"),
    "repeated fields": said("repeated fields"),
}
"""What is limited, as a caller is told."""


def too_complex(asked: int, what: str, most: int) -> BadInput:
    """The refusal of what is over a limit: with the figure and the limit."""
    message = said(
        "The document has {asked:,} {what}; the limit is {most:,}. Ask for less, or in several requests.",
        asked=asked,
        what=WORDS[what],
        most=most,
    )
    return BadInput(message, QUERY_TOO_COMPLEX, limit=what, asked=asked, most=most)


def parsed(text: str) -> DocumentNode:
    """A document of a bearable size. Raises GraphQLError for one that cannot be read, or is too large."""
    if len(text) > MOST_CHARACTERS:
        raise too_complex(len(text), "characters", MOST_CHARACTERS)
    try:
        document = parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_COMMENTS)
    except GraphQLSyntaxError as refusal:
        # The library stops at the first token too many, so that there is no figure to name.
        for what, most in (("tokens", MOST_TOKENS), ("comments", MOST_COMMENTS)):
            if f"contains more than {most} {what}. Parsing aborted." in refusal.message:
                message = said(
                    "The document has more than {most:,} {what}. Send less, and values as variables.",
                    most=most,
                    what=WORDS[what],
                )
                raise BadInput(message, QUERY_TOO_COMPLEX, limit=what, most=most) from None
        raise
    check_size(document)
    return document


def check_size(document: DocumentNode) -> None:
    """Raises BadInput for a document of which an operation or a fragment is too large."""
    counted = Counted(document)
    operations = 0
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            continue
        operations += isinstance(definition, OperationDefinitionNode)
        size = counted.size(definition)
        for limit in fields(Size):
            asked, most = getattr(size, limit.name), getattr(MOST, limit.name)
            if asked > most:
                raise too_complex(asked, limit.name, most)
    if operations > MOST_OPERATIONS:
        raise too_complex(operations, "operations", MOST_OPERATIONS)


class Counted:
    """The sizes of a document's definitions."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments: Mapping[str, FragmentDefinitionNode] = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._sizes: dict[str, Size] = {}

    def size(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> Size:
        """What a definition comes to."""
        variables = getattr(definition, "variable_definitions", None) or ()
        directives = sum(len(node.directives or ()) for node in (definition, *variables))
        return self._of_selections(definition.selection_set).beside(Size(directives=directives))

    def _of_fragment(self, name: str) -> Size:
        """A fragment's size; nothing for one that is unknown or closes a cycle, which validation refuses."""
        if name not in self._sizes:
            self._sizes[name] = Size()
            if name in self._fragments:
                self._sizes[name] = self.size(self._fragments[name])
        return self._sizes[name]

    def _of_selections(self, selections: SelectionSetNode | None) -> Size:
        total = Size()
        for node in selections.selections if selections else ():
            total = total.beside(Size(directives=len(node.directives or ())))
            match node:
                case FieldNode():
                    inside = self._of_selections(node.selection_set)
                    total = total.beside(inside).beside(Size(inside.levels + 1, 1, int(node.alias is not None)))
                case FragmentSpreadNode():
                    total = total.beside(self._of_fragment(node.name.value))
                case InlineFragmentNode():
                    total = total.beside(self._of_selections(node.selection_set))
                case _:
                    pass
        return total
