"""Lakes that keep media and results."""
