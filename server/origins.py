"""Where a request came from and what it called this server, as far as the settings say to believe it."""

from typing import Any

from server.dispatch import Services


def base_url(services: Services, environ: Any) -> str:
    """Return the URL under which the client sees this server: the setting, else what the request says."""
    settings = services.settings
    if settings.public_url:
        return settings.public_url.rstrip("/")
    scheme, host = environ.get("wsgi.url_scheme", "http"), environ.get("HTTP_HOST", "")
    if settings.trust_forwarded:
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", scheme).split(",")[0].strip()
        host = environ.get("HTTP_X_FORWARDED_HOST", host).split(",")[0].strip()
    return f"{scheme}://{host or f'{settings.host}:{settings.port}'}"


def client_address(services: Services, environ: Any) -> str:
    """Return the address of the client, as the proxy tells it where there is one."""
    address: str = environ.get("REMOTE_ADDR", "")
    if services.settings.trust_forwarded:
        address = environ.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return address
