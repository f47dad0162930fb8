"""JSON that people send to the API and write into files for the commands: what it may say, and what it means."""
