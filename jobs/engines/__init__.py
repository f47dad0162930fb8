"""Engines carry tokens to where tasks run; they decide nothing and remember nothing that the ledger does not."""
