"""The bytes of originals and derivatives, by content: a key is the SHA-256 of its bytes, so a rewrite is a no-op."""
