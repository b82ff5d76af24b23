"""Another team's subgraph, made with the library's own federation: tickets, which refer to licences and accounts."""

import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry import federation
from strawberry.asgi import GraphQL

TICKETS = {"T-1": ("FAX-1", "ACME"), "T-2": ("NOPE", "ACME"), "T-3": ("CALL-1", "BETA"), "T-4": ("FAX-1", "ACME")}
"""Each ticket with the serial that it was opened for, and the account that pays for it."""


@strawberry.interface
class Node:
    id: strawberry.ID


@federation.type(keys=["reference"])
class Account:
    reference: str


@federation.type(keys=["serial"])
class License:
    serial: str

    @strawberry.field
    def tickets(self) -> list["Ticket"]:
        return [ticket_of(id_) for id_, (serial, _) in TICKETS.items() if serial == self.serial]

    @classmethod
    def resolve_reference(cls, serial: str) -> "License":
        return cls(serial=serial)


@federation.type(keys=["id"])
class Ticket(Node):
    license: License | None
    payer: Account


@federation.type(shareable=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class TicketEdge:
    node: Ticket
    cursor: str


@strawberry.type
class TicketConnection:
    edges: list[TicketEdge]
    page_info: PageInfo


def ticket_of(id_: str) -> Ticket:
    serial, reference = TICKETS[id_]
    return Ticket(id=strawberry.ID(id_), license=License(serial=serial), payer=Account(reference=reference))


@strawberry.type
class Query:
    @strawberry.field
    def node(self, id: strawberry.ID) -> Node | None:
        return ticket_of(id) if id in TICKETS else None

    @strawberry.field
    def tickets(self, first: int) -> TicketConnection:
        found = list(TICKETS)[:first]
        page_info = PageInfo(
            has_next_page=first < len(TICKETS), has_previous_page=False, start_cursor=found[0], end_cursor=found[-1]
        )
        edges = [TicketEdge(node=ticket_of(id_), cursor=id_) for id_ in found]
        return TicketConnection(edges=edges, page_info=page_info)


app = Starlette(routes=[Route("/graphql", GraphQL(federation.Schema(query=Query)))])
