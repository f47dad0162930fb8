"""`python -m benchmarks.noop_worker SETTINGS`: a Celery worker that knows tasks that do nothing; settings are JSON."""

import json
import sys

from benchmarks.noop import add_noop_kind
from server.app import clear_leftovers, configure_logging, run_worker
from server.console import settings_of
from store.engine import Database

if __name__ == "__main__":
    add_noop_kind()
    given = json.loads(sys.argv[1])
    settings = settings_of(**given)
    configure_logging(settings)
    clear_leftovers(settings)
    run_worker(settings, Database(given["database_url"]))
