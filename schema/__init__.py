"""The GraphQL schema: views of domain values, and resolvers that hold no rules."""
