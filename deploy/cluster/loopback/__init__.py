"""A real Temporal cluster with two workers on this machine, for tests."""
