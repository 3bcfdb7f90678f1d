"""Latency: which of several models is faster on this machine, now, by how much, and how sure that is."""
