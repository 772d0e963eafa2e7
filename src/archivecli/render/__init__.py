"""Events → text, by name of the format."""
