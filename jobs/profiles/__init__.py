"""Profiles: what is to be done to the assets of a folder, kept in versions and assigned to folders."""
