"""Starts Reprise's command line: see `run_server.py --help`."""

from server.cli import main

if __name__ == "__main__":
    main()
