"""A small web server of the tests' own, for URLs that uploadUrlsJob fetches, that remembers what it was asked."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Page:
    """What a path answers; the ``failures`` first requests get a 500."""

    body: bytes = b""
    status: int = 200
    location: str = ""
    failures: int = 0


@dataclass(slots=True)
class WebHost:
    """The pages by path, the paths asked for so far, and the port."""

    pages: Mapping[str, Page]
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def url(self, path: str) -> str:
        """The URL of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def serving(pages: Mapping[str, Page], address: str = "127.0.0.1") -> Iterator[WebHost]:
    """Serve ``pages`` on a free port of ``address`` while the block runs."""
    host = WebHost(pages)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(self.path)
            page = host.pages.get(self.path, Page(status=404))
            failed = host.asked.count(self.path) <= page.failures
            self.send_response(500 if failed else page.status)
            if page.location:
                self.send_header("Location", page.location.replace("PORT", str(host.port)))
            body = b"" if failed else page.body
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Write nothing: the tests' output is for the tests."""

    with ThreadingHTTPServer((address, 0), Handler) as server:
        host.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
