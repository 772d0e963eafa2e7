"""Ranked search: the words of a query are interpreted, looked up in the index, and what they find is ranked."""
