"""The web console: pages for people in trouble."""
