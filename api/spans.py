"""Traces by OpenTelemetry: one for each request, with its operation and its statements, sent by OTLP over HTTP.

The library's own instrumentors are not used: that of SQLAlchemy refuses version 2.1, and that of ASGI tells the query
string. What is told here is chosen: names of ours, statements without their parameters, nothing that a caller sent.
Where spans go and how many are kept is set as everywhere: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER and others.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope
from structlog.contextvars import bound_contextvars

from api.metrics import METHODS, OTHER
from api.store.engine import Database
from api.store.watching import watch_statements
from api.traces import Answered

CARRIED = {b"traceparent", b"tracestate"}
"""The headers of W3C Trace Context. Baggage is not taken: it holds whatever a caller puts into it."""
FIRST_FAULT = 500


class Spans:
    """The spans of one process."""

    def __init__(self) -> None:
        named = {SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", "coverline"), SERVICE_VERSION: version("coverline")}
        self.provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
        self.provider.add_span_processor(BatchSpanProcessor(exporter()))
        self.tracer = self.provider.get_tracer("coverline", version("coverline"))
        self.context = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, scope: Scope) -> Generator[Answered]:
        """A span of the request, within the caller's own trace where it names one; the log tells the trace's id."""
        method = scope["method"] if scope["method"] in METHODS else OTHER
        carried = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in CARRIED}
        with self.tracer.start_as_current_span(
            method,
            context=self.context.extract(carried),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method, "coverline.request_id": scope["state"]["request_id"]},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            def answered(path: str, status: int) -> None:
                span.update_name(f"{method} {path}")
                span.set_attributes({"http.route": path, "http.response.status_code": status})
                if status >= FIRST_FAULT:
                    span.set_status(Status(StatusCode.ERROR))

            with bound_contextvars(trace_id=format_trace_id(span.get_span_context().trace_id)):
                yield answered

    @contextmanager
    def operation(self, kind: str, name: str) -> Generator[None]:
        """A span of an operation within that of its request."""
        attributes = {"graphql.operation.type": kind, **({"graphql.operation.name": name} if name else {})}
        with self.tracer.start_as_current_span(
            f"{kind} {name}".rstrip(), attributes=attributes, record_exception=False
        ):
            yield

    def watch(self, database: Database) -> None:
        """A span of each statement, within what asks for it."""
        kind = database.kind

        def began(statement: str) -> Span:
            word = statement.lstrip().partition(" ")[0].upper()
            attributes = {"db.system.name": kind, "db.operation.name": word, "db.query.text": statement}
            return self.tracer.start_span(word, kind=SpanKind.CLIENT, attributes=attributes)

        def ended(span: Span, failure: str | None) -> None:
            if failure:
                span.set_attribute("error.type", failure)
                span.set_status(Status(StatusCode.ERROR))
            span.end()

        watch_statements(database, began, ended)

    def close(self) -> None:
        """Send what is not sent yet."""
        self.provider.shutdown()


def exporter() -> SpanExporter:
    """Where spans are sent."""
    return OTLPSpanExporter()
