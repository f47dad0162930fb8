"""Starts Reprise's command line: see `run_server.py --help`."""

if __name__ == "__main__":
    from server.cli import main  # here, so that a child process, which imports this file, does not import it all

    main()
