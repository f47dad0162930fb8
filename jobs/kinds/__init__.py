"""The kinds of jobs, one module each: what one item of such a job does, and how its log speaks of it."""
