"""Spyne's only home: what a request's bytes mean, and what bytes an answer is. What an operation does is elsewhere."""

from server.soap import compat as compat  # Spyne can be imported only after it, and every import of Spyne is in here
