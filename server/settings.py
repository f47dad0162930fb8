"""Every setting: by command line, else ``REPRISE_*`` in the environment, else reprise.toml, else its default here."""

import ipaddress
import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from jobs.outbound import Network


class Settings(BaseSettings):
    """What an operator can choose. A field's description is its line in the README's table."""

    model_config = SettingsConfigDict(env_prefix="REPRISE_", toml_file="reprise.toml", extra="forbid", frozen=True)

    data: Path = Field(Path("reprise-data"), description="The folder for the database, the files and the scratch space")
    database_url: SecretStr | None = Field(None, description="A postgresql:// URL; unset for SQLite in the data folder")
    host: str = Field("127.0.0.1", description="The address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="The port to listen on; 0 for any free one")
    tls_cert: Path | None = Field(
        None, description="A PEM file with the certificate chain; with tls_key it turns TLS on"
    )
    tls_key: Path | None = Field(None, description="The PEM file with the certificate's key")
    public_url: str | None = Field(
        None, description="The URL under which clients see the server, for the WSDL and images"
    )
    trust_forwarded: bool = Field(default=False, description="Believe X-Forwarded-Proto and X-Forwarded-Host")
    http_workers: int = Field(2, ge=1, le=64, description="Processes that answer HTTP")
    http_threads: int = Field(16, ge=1, le=256, description="Threads in each of them")
    slots: int = Field(os.cpu_count() or 1, ge=1, le=256, description="Child processes that work on images")
    slot_memory_mb: int = Field(3072, ge=512, description="Memory that one of them may use, in MiB")
    slot_timeout_s: float = Field(300, gt=0, description="Seconds after which work on one image is ended")
    max_pixels: int = Field(400_000_000, gt=0, description="The largest image that is decoded, in pixels")
    max_request_bytes: int = Field(8 * 2**20, gt=0, description="The largest SOAP request, in bytes")
    max_upload_bytes: int = Field(2 * 2**30, gt=0, description="The most file data in one POST to UploadFile, in bytes")
    upload_idle_minutes: float = Field(30, gt=0, description="Minutes after which a silent upload job is closed")
    allowed_networks: tuple[str, ...] = Field(
        (), description="Networks that uploadUrlsJob may fetch from though not public"
    )
    smtp_url: SecretStr | None = Field(None, description="The mail server: smtp://user:password@host:port or smtps://")
    mail_from: str = Field("reprise@localhost", description="The sender of mails")
    pdf_engine: Literal["pymupdf", "pypdfium2"] = Field("pymupdf", description="The library that renders PDFs")
    strict_roles: bool = Field(default=False, description="Apply the documented table of roles to the letter")
    credential_cache_s: float = Field(
        60, ge=0, description="Seconds for which a verified password is not verified again"
    )
    missing_image_status: Literal[403, 404] = Field(403, description="The status for an image that is not published")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least log level written")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values come from, the strongest first."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The allowed networks, parsed; ValueError for one that is none."""
        return tuple(ipaddress.ip_network(text) for text in self.allowed_networks)


def forget_environment() -> None:
    """Drop what a WSGI server would copy into every request: our own settings, and what looks like request headers."""
    for name in [name for name in os.environ if name.startswith(("REPRISE_", "HTTP_"))]:
        del os.environ[name]
