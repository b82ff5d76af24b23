"""The database schema, one revision at a time."""
