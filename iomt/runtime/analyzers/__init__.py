"""AI models that turn media into results."""
