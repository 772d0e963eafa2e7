"""Each view: a question answered → rows, and a picture of the same."""
