"""Milestones of a product's end that are set, moved or withdrawn."""

from datetime import date
from typing import Annotated

import strawberry

from entitlements import events, problems
from entitlements.facts import MilestoneKind
from entitlements.messages import said
from schema.changes import changed, explained, key_field, recordable
from schema.context import Context, Info
from schema.errors import BadInput
from schema.problems import Problem, unknown_product
from schema.products import Product
from schema.quotes import UNSET
from schema.writing import Subject, Writing

SetMilestoneResult = Annotated[Product | Problem, strawberry.union("SetMilestoneResult")]
LONGEST_VERSION = 64


@strawberry.input
class SetMilestoneInput:
    """A dated step of a product's end, or of one version's."""

    idempotency_key: str = key_field()
    product: str = strawberry.field(description="A product's code.")
    version: str | None = strawberry.field(default=UNSET, description="Of that version only; of the product otherwise.")
    kind: MilestoneKind
    on: date | None = strawberry.field(default=UNSET, description="Withdrawn when left out.")
    source: str = strawberry.field(description="Where it was announced.")


async def set_milestone(info: Info, input: SetMilestoneInput) -> SetMilestoneResult:
    """Records a milestone. The one before stays known as of its time, and answers given under it stay as they were."""
    context = info.context
    source = explained(input.source, "source")
    version = input.version or None
    if version and (not version.isprintable() or len(version) > LONGEST_VERSION):
        raise BadInput(said("{field}: 1 to {longest} printable characters.", field="version", longest=LONGEST_VERSION))

    async def doing(around: Context, writing: Writing) -> Subject | problems.Problem:
        product_id = await writing.lock_product(input.product) if input.product.isprintable() else None
        product = await around.loaders.products_by_code.load((input.product, writing.at)) if product_id else None
        if product_id is None or product is None:
            return unknown_product(context, input.product)
        refused = recordable(input.on or None, "on")
        if refused:
            return problems.of(refused)
        before, ends = product.milestone(input.kind, version), input.on or None
        await writing.write_milestone(product_id, version, input.kind, ends, source)
        if ends != (before.on if before else None):
            writing.tell(events.milestone_set(product, input.kind, version, ends, around.today, around.guide))
        return (input.product,)

    done = await changed(context, "setMilestone", input, doing, reason=source, internal=True)
    if isinstance(done, problems.Problem):
        return Problem.of(done)
    product = await context.loaders.products_by_code.load((done.subject[0], done.at))
    return Product.of(product, done.at) if product else Problem.of(unknown_product(context, done.subject[0]))
