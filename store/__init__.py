"""Rows and bytes: the only package that knows SQL, and the blob store. What rows mean is for the callers to say."""
