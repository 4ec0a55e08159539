"""Packs, live-fire runs, scoring and after-action reports."""
