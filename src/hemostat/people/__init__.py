"""Persons, their roles and rights, the gate, and the ledger that remembers every act."""
