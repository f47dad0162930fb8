"""The job server: submitting, choosing what runs next, running it, and telling the truth about each item."""
