"""The store: tables, sessions, facts in and out. With `migrations`, the only place that speaks SQL."""
