"""Findings joined into alerts that people see, take and settle."""
