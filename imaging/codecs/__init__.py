"""Decoding and encoding, one module per kind of file."""
