"""The shared room of a response: playbook, evidence, clocks, decisions, from the first alert to the close."""
