"""YAML files → events and problems, each with its place."""
