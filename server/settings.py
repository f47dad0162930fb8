"""Every setting: by command line, else ``REPRISE_*`` in the environment, else reprise.toml, else its default here."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import BeforeValidator, Field, FilePath, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from jobs.addresses import Network

PREFIX = "REPRISE_"


class Settings(BaseSettings):
    """What an operator can choose. A field's description is its line in the README's table."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file="reprise.toml", extra="forbid", frozen=True)

    data: Path = Field(Path("reprise-data"), description="The folder for the database, the files and the scratch space")
    database_url: SecretStr | None = Field(None, description="A postgresql:// URL; unset for SQLite in the data folder")
    host: str = Field("127.0.0.1", description="The address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="The port to listen on; 0 for any free one")
    tls_cert: FilePath | None = Field(
        None, description="A PEM file with the certificate chain; with tls_key it turns TLS on"
    )
    tls_key: FilePath | None = Field(None, description="The PEM file with the certificate's key")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+\S*$",
        description="The URL under which clients see the server, for the WSDL and images",
    )
    trust_forwarded: bool = Field(
        default=False, description="Believe X-Forwarded-Proto, -Host and -For, which a proxy must set"
    )
    http_workers: int = Field(2, ge=1, le=64, description="Processes that answer HTTP")
    http_threads: int = Field(16, ge=1, le=256, description="Threads in each of them")
    slots: int = Field(os.cpu_count() or 1, ge=1, le=256, description="Child processes that work on images")
    slot_memory_mb: int = Field(3072, ge=512, description="Memory that one of them may use, in MiB")
    slot_timeout_s: float = Field(300, gt=0, description="Seconds after which work on one image is ended")
    max_pixels: int = Field(400_000_000, gt=0, description="The largest image that is decoded, in pixels")
    max_request_bytes: int = Field(8 * 2**20, gt=0, description="The largest SOAP request, in bytes")
    max_upload_bytes: int = Field(2 * 2**30, gt=0, description="The most file data in one POST to UploadFile, in bytes")
    upload_idle_minutes: float = Field(30, gt=0, description="Minutes after which a silent upload job is closed")
    blob_sweep_minutes: float = Field(60, gt=0, description="Minutes between sweeps for files that nothing refers to")
    blob_grace_hours: float = Field(
        24, ge=1, description="Hours for which such a file is kept; more than any task takes"
    )
    allowed_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="Networks, with commas between them, that URLs of jobs may lead to though not public"
    )
    fetch_timeout_s: float = Field(1800, gt=0, description="Seconds after which fetching one URL is ended")
    smtp_url: SecretStr | None = Field(None, description="The mail server: smtp://user:password@host:port or smtps://")
    mail_from: str = Field("reprise@localhost", description="The sender of mails")
    time_zone: str = Field("UTC", description="The time zone of schedules, such as Europe/Berlin")
    pdf_engine: Literal["pymupdf", "pypdfium2"] = Field("pymupdf", description="The library that renders PDFs")
    strict: bool = Field(default=False, description="Demand the required fields that real clients leave out")
    strict_roles: bool = Field(default=False, description="Apply the documented table of roles to the letter")
    credential_cache_s: float = Field(
        60, ge=0, description="Seconds for which a verified password is not verified again"
    )
    lockout_failures: int = Field(10, ge=1, description="Wrong passwords of a user from an address until it must wait")
    lockout_minutes: float = Field(15, gt=0, description="Minutes for which a wrong password counts")
    missing_image_status: Annotated[Literal[403, 404], BeforeValidator(int)] = Field(
        403, description="The status for an image that is not published"
    )
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

    @field_validator("allowed_networks", mode="before")
    @classmethod
    def read_networks(cls, value: object) -> object:
        """Return the networks of a list, or of a text with commas; a JSON list is such a text too."""
        items = value.strip(" []").split(",") if isinstance(value, str) else value
        if not isinstance(items, list):
            return items
        return tuple(ipaddress.ip_network(item) for item in (str(item).strip(' "') for item in items) if item)

    @field_validator("time_zone")
    @classmethod
    def check_zone(cls, value: str) -> str:
        """Refuse a zone that the machine's time zone database does not know."""
        if value not in available_timezones():
            raise ValueError("is not a time zone such as UTC or Europe/Berlin")
        return value

    @model_validator(mode="before")
    @classmethod
    def refuse_unknown_variables(cls, values: object) -> object:
        """Refuse a REPRISE_ variable that is no setting: a slip of the pen would be ignored."""
        known = {f"{PREFIX}{name}".upper() for name in cls.model_fields}
        unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: there is no such setting")
        return values

    @model_validator(mode="after")
    def refuse_half_tls(self) -> Self:
        """Refuse a certificate without its key, and a key without its certificate."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together: set both or neither")
        return self


def forget_environment() -> None:
    """Drop what a WSGI server would copy into every request: our own settings, and what looks like request headers."""
    for name in [name for name in os.environ if name.startswith((PREFIX, "HTTP_"))]:
        del os.environ[name]
