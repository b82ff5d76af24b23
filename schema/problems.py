"""Refusals: the one place where a rule's refusal of something asked for becomes what a caller is told."""

from datetime import datetime
from typing import Annotated

import strawberry

from entitlements import problems
from entitlements.messages import Message, said
from entitlements.problems import ProblemCode
from schema.clauses import Clause
from schema.context import Context, Info, Language


@strawberry.type
class Problem:
    """An expected refusal: bad input, or a rule of the guide. Codes are stable."""

    code: str
    refused: strawberry.Private[problems.Problem]

    @strawberry.field
    def message(self, info: Info, language: Language = strawberry.UNSET) -> str:
        """What is wrong, and what can be done about it."""
        return info.context.told(self.refused.message, language)

    @strawberry.field
    def field(self) -> list[str] | None:
        """Where in the input it is, from the input's own fields on; null where it is no one field."""
        return list(self.refused.field) or None

    @strawberry.field(graphql_type=Clause | None)
    def clause(self) -> problems.Clause | None:
        """The clause that refuses it; null for input that no clause is about."""
        return self.refused.clause

    @strawberry.field
    def others(self) -> list[Annotated["Problem", strawberry.lazy("schema.problems")]]:
        """Every further obstacle, so that none is met one at a time."""
        return [Problem.of(other) for other in self.refused.others]

    @classmethod
    def of(cls, refused: problems.Problem) -> "Problem":
        """A refusal as it is answered."""
        return cls(code=refused.code, refused=refused)

    @classmethod
    def missing(cls, lacking: tuple[ProblemCode, Message]) -> "Problem":
        """A price or rate that is not configured, as an order would be refused for it."""
        return cls.of(problems.Problem(*lacking))


def known_later(context: Context, known_at: datetime | None) -> problems.Problem | None:
    """The refusal of a known time that has not come; None where nothing is wrong with it."""
    if not known_at or known_at <= context.now:
        return None
    instant = f"{known_at:%Y-%m-%dT%H:%M:%SZ}"
    message = said("{known_at} is in the future: what will be known is not known yet", known_at=instant)
    return problems.Problem(ProblemCode.INVALID_DATE, message, ("knownAt",), context.guide.clause("R-CHK-15"))


def unknown_product(context: Context, code: str) -> problems.Problem:
    """The refusal of a product that the catalogue does not have."""
    message = (
        said("there is no product {code}", code=repr(code))
        if code.isprintable()
        else said("a product's code has printable characters only")
    )
    return problems.Problem(ProblemCode.UNKNOWN_PRODUCT, message, ("product",), context.guide.clause("R-COV-6"))
