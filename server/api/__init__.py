"""The JSON API at /api/v1: what people do with executions, profiles, assets and schedules, for programs."""
