"""graphql-core by itself, over the schema as it is written, with documents kept.

COVERLINE_DATABASE_URL=URL python -m uvicorn tests.benchmarks.peers.graphql_core_cached:application
"""

from graphql import build_schema

from tests.benchmarks.peers.resolvers import ROOT, SDL, Cached

schema = build_schema(SDL)
assert schema.query_type is not None
for name, resolve in ROOT.items():
    schema.query_type.fields[name].resolve = resolve

application = Cached(schema)
