"""One rule a file; the tuple in order lists them."""
