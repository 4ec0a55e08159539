"""Data-leak readiness and response for merchants that sell care online."""
