"""Processing assets as their users think of it: which ones, what is done to each, and what that would come to."""
