"""The words that every package shares: errors, handles, states and values. No input or output happens here."""
