"""Products and the dated milestones of their end."""

from datetime import date, datetime

import strawberry

from entitlements import facts
from entitlements.facts import MilestoneKind, ProductKind
from schema.context import Context, Info
from schema.nodes import Kind, Node, write_id


@strawberry.type
class Milestone:
    """A dated step of a product's end, or of one version's."""

    kind: MilestoneKind
    on: date = strawberry.field(description="The day itself is the last one, where the milestone ends something.")
    version: str | None = strawberry.field(description="Set when it holds for one version only.")
    source: str | None = strawberry.field(description="Where the date was announced.")


@strawberry.type
class Product(Node):
    """A product of the catalogue."""

    code: str
    name: str
    kind: ProductKind
    product: strawberry.Private[facts.Product]
    known_at: strawberry.Private[datetime]

    @strawberry.field(graphql_type=list[Milestone])
    async def milestones(self, info: Info, known_at: datetime | None = strawberry.UNSET) -> tuple[facts.Milestone, ...]:
        """The milestones recorded by an instant; by the instant of the answer around it when left out."""
        context = info.context
        instant = context.known(known_at, self.known_at)
        if instant == self.known_at:
            return self.product.milestones
        known = await context.loaders.products_by_id.load((self.product.id, instant))
        return known.milestones if known else ()

    @classmethod
    def of(cls, product: facts.Product, known_at: datetime) -> "Product":
        """A product as known at an instant."""
        return cls(
            id=write_id(Kind.PRODUCT, product.id),
            code=product.code,
            name=product.name,
            kind=product.kind,
            product=product,
            known_at=known_at,
        )


def named(context: Context, product: facts.Product, known_at: datetime) -> Product:
    """A product as known at an instant, which an answer may name for each licence of a page."""
    found = context.named.get(id(product))  # it holds the product, whose identity is no other's meanwhile
    if found is None or found.known_at is not known_at:
        found = context.named[id(product)] = Product.of(product, known_at)
    return found


async def product(info: Info, code: str) -> Product | None:
    """A product by its code, as known now."""
    context = info.context
    if not code.isprintable():
        return None
    found = await context.loaders.products_by_code.load((code, context.now))
    return Product.of(found, context.now) if found else None
