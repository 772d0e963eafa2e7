"""Ranked search: interpret the words of a query, find events, and rank them."""
