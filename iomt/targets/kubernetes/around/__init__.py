"""What stands around a graph in a cluster, each part only where it was asked for."""
