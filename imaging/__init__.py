"""Pixels: bytes and plans in, files and facts out; it has not heard of SOAP, SQL or jobs."""
