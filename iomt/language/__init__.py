"""YAML text to a syntax tree with spans, to a Graph."""
