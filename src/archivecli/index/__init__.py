"""The derived full-text index: made from the catalogue, disposable."""
