"""Clients of the platforms: what a store is configured to be, and the calls that change it."""
