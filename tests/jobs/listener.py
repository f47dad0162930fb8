"""A web server of the tests' own that tells of every call as it comes, and may act before it answers."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue

WATCHDOG_S = 60


def _nothing() -> None:
    return None


@dataclass(slots=True)
class Listener:
    """Answers the statuses in turn, the last one for ever; ``on_call`` runs before each answer."""

    statuses: Sequence[int] = (200,)
    body: bytes = b""
    on_call: Callable[[], None] = _nothing
    calls: Queue[str] = field(default_factory=Queue)
    posts: Queue[tuple[dict[str, str], bytes]] = field(default_factory=Queue)
    """The headers and the body of each POST."""
    count: int = 0
    port: int = 0
    address: str = "127.0.0.1"

    def url(self, path: str) -> str:
        """The URL of a path."""
        return f"http://{self.address}:{self.port}{path}"

    def next_call(self) -> str:
        """Wait for the next call and return its method and target."""
        return self.calls.get(timeout=WATCHDOG_S)

    @property
    def is_silent(self) -> bool:
        """Whether there is no call that has not been looked at."""
        try:
            self.calls.get_nowait()
        except Empty:
            return True
        return False


@contextmanager
def listening(
    statuses: Sequence[int] = (200,), body: bytes = b"", on_call: Callable[[], None] = _nothing
) -> Iterator[Listener]:
    """Listen on a free port of this machine while the block runs."""
    listener = Listener(statuses, body, on_call)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listener.on_call()
            status = listener.statuses[min(listener.count, len(listener.statuses) - 1)]
            listener.count += 1
            self.send_response(status)
            self.send_header("Content-Length", str(len(listener.body)))
            self.end_headers()
            self.wfile.write(listener.body)
            listener.calls.put(f"{self.command} {self.path}")

        def do_POST(self) -> None:
            listener.posts.put((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.do_GET()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Write nothing: the tests' output is for the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listener.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()
