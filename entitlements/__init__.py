"""The rules: what a licence is entitled to, from facts, a request and an edition of the guide. No clock, no I/O."""
