"""Spyne's only home: what a request's bytes mean, and what bytes an answer is. What an operation does is elsewhere."""
