"""Readers of file formats: each returns plain values."""
