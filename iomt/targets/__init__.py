"""Plan to Kubernetes objects and diagrams. Pure."""
