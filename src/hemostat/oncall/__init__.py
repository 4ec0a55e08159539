"""Reaching the people on call: for now the channels by which they are paged."""
