"""The short way of a query that was asked before: from the server's own messages to its plan and back.

It answers what the view (`api/graphql.py`) would, to the byte, or hands the request on to it, with whatever was judged
and read of it so far. Whatever is refused, whatever is not POSTed as JSON, and whatever has no plan is the view's.
"""
