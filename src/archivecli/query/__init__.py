"""Queries: criteria, their parser, and result types."""
