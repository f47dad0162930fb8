"""Pixels, checked against other libraries and plain arithmetic."""
