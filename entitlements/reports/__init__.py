"""What billing asks of a whole portfolio: each report reads one contract at a time and yields its rows.

A row is about one licence and some days; figures add rows up. Nothing here knows how many contracts there are.
"""
