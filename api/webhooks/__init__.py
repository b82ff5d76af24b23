"""Webhooks: events sent to the addresses that viewers name, signed, in order, until they are taken."""
