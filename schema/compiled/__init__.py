"""Operations compiled: a query that was parsed, validated and limited once becomes a function that answers it directly.

A plan answers what graphql-core would, to the byte, or raises `Surprise`; whoever runs it then asks graphql-core. Only
queries are compiled, since a query can be asked twice. Nothing else in the project knows of plans but who runs them.
"""
