"""A graph in a Kubernetes cluster: applied, watched until it is ready, shown, and deleted."""
