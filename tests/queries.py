"""Hypothesis strategies for queries: any fields of the schema, with arguments that the tests' portfolio answers."""

from graphql import GraphQLObjectType, get_named_type, is_composite_type, is_leaf_type, is_required_argument
from hypothesis import strategies as st

from entitlements.requests import Service
from schema.root import Schema

SCHEMA = Schema()
SERIALS = st.sampled_from(["FAX-1", "FAX-1-HA", "FAX-2", "FAX-3", "CALL-1", "NONE"])
NAMED = SERIALS.map(lambda serial: f'{{serial: "{serial}"}}')
RENEWALS = NAMED.map(lambda license: f'license: {license}, plan: "GOLD", months: 12')
QUESTIONS = st.builds("{{license: {}, service: {}}}".format, NAMED, st.sampled_from(Service))
ARGUMENTS = {
    "first": st.integers(1, 5).map(str),
    "by": NAMED,
    "account": st.sampled_from(['"ACME"', '"BETA"']),
    "reference": st.sampled_from(['"ACME"', '"BETA"', '"NONE"']),
    "code": st.just('"FAX"'),
    "id": st.just('"x"'),
    "ids": st.lists(st.just('"x"'), max_size=3).map(lambda ids: f"[{', '.join(ids)}]"),
    "check": st.just("{}"),
    "inputs": st.lists(QUESTIONS, min_size=1, max_size=4).map(lambda inputs: f"[{', '.join(inputs)}]"),
    "Query.entitlementCheck(input)": QUESTIONS,
    "Query.renewalQuote(input)": RENEWALS.map("{{{}}}".format),
    "Query.costOfDelay(input)": RENEWALS.map('{{{}, from: "2026-01-01", to: "2027-12-31"}}'.format),
    "Query.attachmentQuote(input)": NAMED.map('{{license: {}, product: "FAX-HA"}}'.format),
    "Query.planChangeQuote(input)": NAMED.map('{{license: {}, plan: "PLATINUM"}}'.format),
    "Query.whatIf(check)": QUESTIONS,
    "changes": st.just("[]"),
    "from": st.just('"2026-01-01"'),
    "to": st.just('"2026-12-31"'),
    "on": st.just('"2026-03-11"'),
}
"""Values for the arguments that must be given, and for `first`, by the argument's name or by its field's."""


@st.composite
def selections(draw: st.DrawFn, type_, levels: int) -> str:
    """A selection of the fields of a type, so many levels deep."""
    if not isinstance(type_, GraphQLObjectType):
        members = SCHEMA._schema.get_possible_types(type_)
        chosen = draw(st.lists(st.sampled_from(members), min_size=1, max_size=3, unique_by=lambda each: each.name))
        return " ".join(["__typename", *(f"... on {each.name} {{ {draw(aliased(each, levels))} }}" for each in chosen)])
    names = [name for name, field in type_.fields.items() if levels > 1 or is_leaf_type(get_named_type(field.type))]
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)) if names else ["__typename"]
    return " ".join([draw(written(type_, name, levels)) if names else name for name in chosen])


def aliased(type_: GraphQLObjectType, levels: int) -> st.SearchStrategy[str]:
    """A selection that cannot clash with that of another type in the same place."""
    return st.just("__typename") if levels < 2 else selections(type_, levels).map(lambda text: prefixed(type_, text))


def prefixed(type_: GraphQLObjectType, text: str) -> str:
    """Only the fields directly in the selection matter; an alias for each keeps types apart."""
    out, level = [], 0
    for word in text.split():
        if level == 0 and word[0].isalpha():
            word = f"{type_.name}_{word.partition('(')[0]}: {word}"  # noqa: PLW2901
        level += word.count("{") + word.count("(") - word.count("}") - word.count(")")
        out.append(word)
    return " ".join(out)


@st.composite
def written(draw: st.DrawFn, type_: GraphQLObjectType, name: str, levels: int) -> str:
    """A field with its arguments and its selection."""
    field = type_.fields[name]
    given = []
    for argument, defined in field.args.items():
        if is_required_argument(defined) or argument == "first":
            strategy = ARGUMENTS.get(f"{type_.name}.{name}({argument})", ARGUMENTS.get(argument))
            assert strategy is not None, f"a value for {type_.name}.{name}({argument})"
            given.append(f"{argument}: {draw(strategy)}")
    inner = get_named_type(field.type)
    inside = f" {{ {draw(selections(inner, levels - 1))} }}" if is_composite_type(inner) else ""
    return f"{name}{'(' + ', '.join(given) + ')' if given else ''}{inside}"
