"""What a graph will cost, added up before anything runs: rates, bytes, model seconds, latency."""
