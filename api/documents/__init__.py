"""Quotes as documents for people: what the API answers, as text and as a PDF of one page, in the account's language."""
