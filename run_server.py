"""Starts Reprise's command line: see `run_server.py --help`. Every child process imports this file, too."""

import gc

gc.set_threshold(10_000)
"""What is imported stays: looking through it for garbage all the while takes a fifth of the time to start."""

if __name__ == "__main__":
    from server.cli import main  # here, so that a child process does not import it all

    main()
