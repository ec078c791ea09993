"""Graph to Plan: every name, size and setting decided. Pure."""
