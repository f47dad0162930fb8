"""Every setting: by command line, else ``REPRISE_*`` in the environment, else reprise.toml, else its default here."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import BeforeValidator, DirectoryPath, Field, FilePath, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from jobs.addresses import Network

PREFIX = "REPRISE_"
BROKERS = ("redis://", "rediss://", "amqp://", "amqps://")
ServerRole = Literal["all", "front", "leader", "worker"]


class Settings(BaseSettings):
    """What an operator can choose. A field's description is its line in the README's table."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file="reprise.toml", extra="forbid", frozen=True)

    data: Path = Field(Path("reprise-data"), description="The folder for the database, the files and the scratch space")
    database_url: SecretStr | None = Field(None, description="A postgresql:// URL; unset for SQLite in the data folder")
    blob_url: SecretStr | None = Field(
        None,
        description="A bucket for the files, s3://key:secret@bucket/prefix?endpoint=https://host&region=eu-central-1 "
        "or less; unset for blobs/ in the data folder",
    )
    blob_cache_mb: int = Field(10240, ge=64, description="Room for files fetched from the bucket, in MiB")
    role: ServerRole = Field(
        "all", description="What this server does: answer HTTP, lead (of several one does), run tasks, or all three"
    )
    engine: Literal["embedded", "celery"] = Field(
        "embedded", description="Whether the leader runs the tasks itself, or Celery brings them to workers"
    )
    broker_url: SecretStr | None = Field(
        None, description="Celery's broker: redis://user:password@host:port/0, rediss://, amqp:// or amqps://"
    )
    lease_s: float = Field(
        30,
        ge=1,
        description="Seconds after which a silent worker's tasks are given to others; a leader has a third of it",
    )
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
    interactive_items: int = Field(
        10, ge=0, description="The most items of a job that its company's other jobs let go first"
    )
    bulk_items: int = Field(1000, ge=1, description="The fewest items of a job that lets its company's others go first")
    selection_warning: int = Field(
        1000, ge=1, description="From more assets than these on, the preview of a run warns that they are many"
    )
    no_worker_s: float = Field(
        30, gt=0, description="Seconds after which a job that waits, and /readyz, say that no worker is there"
    )
    slot_memory_mb: int = Field(3072, ge=512, description="Memory that one of them may use, in MiB")
    slot_timeout_s: float = Field(300, gt=0, description="Seconds after which work on one image is ended")
    max_pixels: int = Field(400_000_000, gt=0, description="The largest image that is decoded, in pixels")
    max_request_bytes: int = Field(8 * 2**20, gt=0, description="The largest SOAP request, in bytes")
    max_upload_bytes: int = Field(2 * 2**30, gt=0, description="The most file data in one POST to UploadFile, in bytes")
    upload_root: DirectoryPath | None = Field(
        None, description="The folder whose folders, one for each company's root, uploadDirectoryJob takes files from"
    )
    publish_root: DirectoryPath | None = Field(
        None, description="The folder where serverDirectoryPublishJob puts files, in one for each company's root"
    )
    max_unpacked_bytes: int = Field(4 * 2**30, gt=0, description="The most that one archive may unpack to, in bytes")
    max_unpacked_files: int = Field(10_000, gt=0, description="The most members that one archive may have")
    export_days: int = Field(7, ge=1, description="Days for which the files of an exportJob can be fetched")
    history_days: int = Field(0, ge=0, description="Days for which ended jobs and their logs are kept; 0 for ever")
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
    smart_tags_model: FilePath | None = Field(
        None, description="An ONNX model that finds smart tags on images, with the package onnxruntime; unset for none"
    )
    smart_tags_labels: FilePath | None = Field(
        None, description="The text file with the model's labels, one a line, in the order of its output"
    )
    smart_tags_vocabulary: FilePath | None = Field(
        None, description="A JSON file that says which labels become which tags; see docs/pictures.md"
    )
    strict: bool = Field(default=False, description="Demand the required fields that real clients leave out")
    strict_roles: bool = Field(default=False, description="Apply the documented table of roles to the letter")
    credential_cache_s: float = Field(
        60, ge=0, description="Seconds for which a verified password is not verified again"
    )
    lockout_failures: int = Field(10, ge=1, description="Wrong passwords of a user from an address until it must wait")
    lockout_minutes: float = Field(15, gt=0, description="Minutes for which a wrong password counts")
    metrics_token: SecretStr | None = Field(
        None, description="The bearer token that /metrics asks for; unset for whoever reaches the port"
    )
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

    @field_validator("broker_url")
    @classmethod
    def check_broker(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse a broker that is neither Redis nor RabbitMQ."""
        if value and not value.get_secret_value().startswith(BROKERS):
            raise ValueError(f"must begin with one of {', '.join(BROKERS)}")
        return value

    @model_validator(mode="after")
    def refuse_impossible_cluster(self) -> Self:
        """Refuse roles and engines that cannot work together, and say what would."""
        problem = _cluster_problem(self)
        if problem:
            raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def refuse_crossed_classes(self) -> Self:
        """Refuse a size from which a job would be both interactive and bulk."""
        if self.bulk_items <= self.interactive_items:
            raise ValueError("bulk_items must be more than interactive_items")
        return self

    @model_validator(mode="after")
    def refuse_hasty_warnings(self) -> Self:
        """Refuse to miss a worker that is only silent between two signs of life."""
        if self.no_worker_s < self.lease_s:
            raise ValueError("no_worker_s must not be less than lease_s")
        return self

    @property
    def has_tag_model(self) -> bool:
        """Whether there is a model for smart tags."""
        return self.smart_tags_model is not None

    @model_validator(mode="after")
    def refuse_half_model(self) -> Self:
        """Refuse a model without its labels, and labels or a vocabulary without a model."""
        if (self.smart_tags_model is None) != (self.smart_tags_labels is None):
            raise ValueError("smart_tags_model and smart_tags_labels go together: set both or neither")
        if self.smart_tags_vocabulary and self.smart_tags_model is None:
            raise ValueError("smart_tags_vocabulary has no use without smart_tags_model")
        return self

    @model_validator(mode="after")
    def refuse_half_tls(self) -> Self:
        """Refuse a certificate without its key, and a key without its certificate."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together: set both or neither")
        return self


def _cluster_problem(settings: Settings) -> str | None:
    is_celery, is_sqlite = settings.engine == "celery", not settings.database_url
    if is_celery and is_sqlite:
        return "engine celery needs a Postgres that all servers share: set database_url, or engine to embedded"
    if settings.role != "all" and is_sqlite:
        return f"role {settings.role} needs a Postgres that all servers share: set database_url, or role to all"
    if settings.role == "worker" and not is_celery:
        return "role worker needs tokens from a broker: set engine to celery and broker_url"
    if settings.role != "front" and is_celery and not settings.broker_url:
        return f"engine celery needs a broker for role {settings.role}: set broker_url"
    if settings.broker_url and not is_celery:
        return "broker_url has no use for engine embedded: set engine to celery, or leave broker_url out"
    return None


def forget_environment() -> None:
    """Drop what a WSGI server would copy into every request: our own settings, and what looks like request headers."""
    for name in [name for name in os.environ if name.startswith((PREFIX, "HTTP_"))]:
        del os.environ[name]
