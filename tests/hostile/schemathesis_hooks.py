"""What schemathesis is told of this API. It is read in the tool's own environment, which has no other file of ours."""
# pyright: reportMissingImports=false

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

schemathesis.graphql.scalar("Decimal", st.decimals(allow_nan=False, allow_infinity=False).map(str).map(nodes.String))

INTERNAL_ERROR = "INTERNAL_ERROR"


@schemathesis.check
def meets_no_fault_of_ours(_context, response, _case) -> None:
    """A caller's mistakes are errors with a status below 500; a fault of ours has the code of one."""
    assert response.status_code < 500, response.text
    codes = [error.get("extensions", {}).get("code") for error in response.json().get("errors", [])]
    assert INTERNAL_ERROR not in codes, response.text
