"""Every table, its keys and its indexes. The modules beside this one read and write them; migrations create them."""

from datetime import UTC, datetime

import sqlalchemy as sa

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = sa.MetaData(naming_convention=NAMING)

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite, which keeps no zone, gets and gives it as UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Return the value in UTC; a datetime without a zone is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Return the stored instant as an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> sa.Column[int]:
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


def _ref(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, BigId, sa.ForeignKey(target), nullable=nullable)


company = sa.Table(
    "company",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("root", sa.Text, nullable=False, unique=True),
    sa.Column("expires", UtcDateTime, nullable=False),
    sa.Column("overwrite_mode", sa.Text, nullable=False),
    sa.Column("retain_publish_state", sa.Boolean, nullable=False),
    sa.Column("source_profile_id", BigId),
    sa.Column("display_profile_id", BigId),
    sa.Column("quota_bytes", sa.BigInteger),
    sa.Column("weight", sa.Integer, nullable=False, server_default="1"),
    sa.Column("processes_uploads", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("tag_field_id", BigId),
    sa.Column("sweep_id", BigId),
    sqlite_autoincrement=True,
)

user = sa.Table(
    "user_account",
    metadata,
    _id(),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("first_name", sa.Text, nullable=False),
    sa.Column("last_name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("password_expires", UtcDateTime),
    sa.Column("is_valid", sa.Boolean, nullable=False),
    sa.Column("is_admin", sa.Boolean, nullable=False),
    sqlite_autoincrement=True,
)

membership = sa.Table(
    "membership",
    metadata,
    sa.Column("company_id", BigId, sa.ForeignKey("company.id"), primary_key=True),
    sa.Column("user_id", BigId, sa.ForeignKey("user_account.id"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
)

folder = sa.Table(
    "folder",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("last_modified", UtcDateTime, nullable=False),
    sa.Column("child_last_modified", UtcDateTime, nullable=False),
    sa.UniqueConstraint("company_id", "path"),
    sqlite_autoincrement=True,
)

asset = sa.Table(
    "asset",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("ready_for_publish", sa.Boolean, nullable=False),
    sa.Column("trash_state", sa.Text, nullable=False, server_default="NotInTrash"),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("last_modified", UtcDateTime, nullable=False),
    sa.Column("last_modified_by", sa.Text, nullable=False),
    sa.Column("original_key", sa.Text, nullable=False),
    sa.Column("original_size", sa.BigInteger, nullable=False),
    sa.Column("original_path", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("crop", sa.JSON(none_as_null=True)),
    sa.Column("derivatives", sa.JSON(none_as_null=True)),
    sa.Column("derivatives_size", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("is_optimized", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("company_id", "name"),
    sa.Index("ix_asset_folder", "company_id", "folder", "name"),
    sa.Index("ix_asset_usage", "company_id", "trash_state", "original_size", "derivatives_size"),
    sqlite_autoincrement=True,
)

publish_context = sa.Table(
    "publish_context",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.UniqueConstraint("company_id", "name"),
    sqlite_autoincrement=True,
)

published = sa.Table(
    "published",
    metadata,
    sa.Column("context_id", BigId, sa.ForeignKey("publish_context.id"), primary_key=True),
    sa.Column("asset_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("company_id", BigId, sa.ForeignKey("company.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("derivatives", sa.JSON, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("published_at", UtcDateTime, nullable=False),
    sa.Index("ix_published_name", "company_id", "name"),
)

schedule = sa.Table(
    "schedule",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unique_name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("items", sa.JSON, nullable=False),
    sa.Column("submitter", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("server_name", sa.Text, nullable=False),
    sa.Column("expression", sa.Text),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("next_fire", UtcDateTime),
    sa.Column("is_paused", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("ended", UtcDateTime),
    sa.Index("ix_schedule_company", "company_id", "name"),
    sa.Index(
        "ix_schedule_due",
        "next_fire",
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    ),
    sqlite_autoincrement=True,
)
"""Jobs that start at a time: once (no expression) or again and again. ``ended`` ones never fire any more."""

job = sa.Table(
    "job",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unique_name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("submitter", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("cancelled", sa.Integer, nullable=False, server_default="0"),
    sa.Column("warned", sa.Integer, nullable=False, server_default="0"),
    sa.Column("updated", sa.Integer, nullable=False, server_default="0"),
    sa.Column("duplicate", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("started", UtcDateTime),
    sa.Column("ended", UtcDateTime),
    sa.Column("last_progress", UtcDateTime, nullable=False),
    sa.Column("server_name", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("parent_id", BigId, sa.ForeignKey("job.id")),
    sa.Column("stop_requested", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("open_until", UtcDateTime),
    sa.Column("is_paused", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("schedule_id", BigId),
    sa.Column("fire_at", UtcDateTime),
    sa.Column("hold_reason", sa.Text),
    sa.Column("hold_until", UtcDateTime),
    sa.Column("restart_of", BigId),
    sa.Column("lacked_worker", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("progress_base", sa.Float, nullable=False, server_default="0"),
    sa.Column("settled_base", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_job_occurrence", "schedule_id", "fire_at", unique=True),
    sa.Index(
        "ix_job_restart",
        "restart_of",
        sqlite_where=sa.text("restart_of IS NOT NULL"),
        postgresql_where=sa.text("restart_of IS NOT NULL"),
    ),
    sa.Index("ix_job_company", "company_id", "created"),
    sa.Index("ix_job_name", "company_id", "name"),
    sa.Index("ix_job_listing", "company_id", "id"),
    sa.Index(
        "ix_job_active", "state", sqlite_where=sa.text("ended IS NULL"), postgresql_where=sa.text("ended IS NULL")
    ),
    sqlite_autoincrement=True,
)

task = sa.Table(
    "job_task",
    metadata,
    _id(),
    _ref("job_id", "job.id"),
    sa.Column("company_id", BigId, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("asset_id", BigId),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("input", sa.JSON, nullable=False),
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("not_before", UtcDateTime),
    sa.Column("started", UtcDateTime),
    sa.Column("ended", UtcDateTime),
    sa.Column("plan", sa.JSON(none_as_null=True)),
    sa.Column("progress", sa.JSON(none_as_null=True)),
    sa.Column("steps", sa.JSON(none_as_null=True)),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.Text),
    sa.Column("reason", sa.Text),
    sa.UniqueConstraint("job_id", "seq"),
    sa.Index(
        "ix_job_task_ready", "job_id", "id", sqlite_where=sa.text("state = 0"), postgresql_where=sa.text("state = 0")
    ),
    sa.Index(
        "ix_job_task_lease",
        "lease_until",
        sqlite_where=sa.text("state IN (1, 2)"),
        postgresql_where=sa.text("state IN (1, 2)"),
    ),
    sa.Index("ix_job_task_failed", "reason", sqlite_where=sa.text("state = 4"), postgresql_where=sa.text("state = 4")),
    sa.Index(
        "ix_job_task_unsuccessful",
        "job_id",
        "state",
        "seq",
        sqlite_where=sa.text("state IN (4, 5)"),
        postgresql_where=sa.text("state IN (4, 5)"),
    ),
    sa.Index(
        "ix_job_task_ended",
        "company_id",
        "ended",
        "state",
        sqlite_where=sa.text("ended IS NOT NULL"),
        postgresql_where=sa.text("ended IS NOT NULL"),
    ),
    sa.Index("ix_job_task_asset", "asset_id"),
    sqlite_autoincrement=True,
    postgresql_with={"fillfactor": "70", "autovacuum_vacuum_scale_factor": "0.02"},
)

job_log = sa.Table(
    "job_log",
    metadata,
    _id(),
    _ref("job_id", "job.id"),
    sa.Column("task_id", BigId),
    sa.Column("log_type", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("filling", sa.JSON(none_as_null=True)),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("asset_id", BigId),
    sa.Column("asset_name", sa.Text),
    sa.Column("asset_type", sa.Text),
    sa.Column("aux", sa.JSON, nullable=False),
    sa.UniqueConstraint("task_id", "log_type"),
    sa.Index("ix_job_log_job", "job_id", "id"),
    sa.Index(
        "ix_job_log_asset",
        "asset_id",
        sqlite_where=sa.text("asset_id IS NOT NULL"),
        postgresql_where=sa.text("asset_id IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
"""``message`` is a text of the catalogues with ``filling`` for its placeholders, or without it the words themselves."""

publish_mark = sa.Table(
    "publish_mark",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Column("context_id", BigId, sa.ForeignKey("publish_context.id"), primary_key=True, autoincrement=False),
    sa.Column("is_marked", sa.Boolean, nullable=False),
)
"""Where an asset's mark in one publish context differs from its own."""

project = sa.Table(
    "project",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("name", sa.Text, nullable=False),
    sa.UniqueConstraint("company_id", "name"),
    sqlite_autoincrement=True,
)

project_asset = sa.Table(
    "project_asset",
    metadata,
    sa.Column("project_id", BigId, sa.ForeignKey("project.id"), primary_key=True, autoincrement=False),
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Index("ix_project_asset_asset", "asset_id"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    _ref("job_id", "job.id"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("dedup_key", sa.Text, nullable=False, unique=True),
    sa.Column("uid", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try", UtcDateTime, nullable=False),
    sa.Column("last_error", sa.Text),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("settled", UtcDateTime),
    sa.Index(
        "ix_outbox_due",
        "next_try",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sqlite_autoincrement=True,
)

webhook = sa.Table(
    "webhook",
    metadata,
    sa.Column("company_id", BigId, sa.ForeignKey("company.id"), primary_key=True, autoincrement=False),
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("secret", sa.Text, nullable=False),
)
"""Who is told of every job of a company that has ended, and the secret that signs it."""

generated = sa.Table(
    "generated",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    _ref("originator_id", "asset.id"),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("lines", sa.JSON, nullable=False),
    sa.Column("links", sa.JSON, nullable=False),
    sa.UniqueConstraint("originator_id", "engine", "number"),
)
"""Assets that were made of another one: the pages of a document."""

asset_set = sa.Table(
    "asset_set",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Column("sub_type", sa.Text, nullable=False),
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("thumb_asset_id", BigId, sa.ForeignKey("asset.id"), index=True),
)
"""What an asset has that is a set: only those of type AssetSet have a subtype and a definition."""

set_member = sa.Table(
    "set_member",
    metadata,
    sa.Column("set_id", BigId, sa.ForeignKey("asset_set.asset_id"), primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), nullable=False),
    sa.Column("page_reset", sa.Boolean, nullable=False),
    sa.Index("ix_set_member_asset", "asset_id"),
)

property_set_type = sa.Table(
    "property_set_type",
    metadata,
    _id(),
    _ref("company_id", "company.id", nullable=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("property_type", sa.Text, nullable=False),
    sa.Column("allow_multiple", sa.Boolean, nullable=False),
    sa.UniqueConstraint("company_id", "name"),
    sqlite_autoincrement=True,
)
"""Types of property sets; those without a company are everybody's."""

property_set = sa.Table(
    "property_set",
    metadata,
    _id(),
    _ref("type_id", "property_set_type.id"),
    _ref("company_id", "company.id", nullable=True),
    _ref("user_id", "user_account.id", nullable=True),
    sa.Column("properties", sa.JSON, nullable=False),
    sa.Index("ix_property_set_owner", "type_id", "company_id", "user_id"),
    sqlite_autoincrement=True,
)
"""Named values of a company, of a user, or of a user in a company, as pairs of name and value."""

image_format = sa.Table(
    "image_format",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("url_modifier", sa.Text, nullable=False),
    sa.UniqueConstraint("company_id", "folded"),
    sqlite_autoincrement=True,
)
"""Image serving commands under a name, of which ``folded`` tells two apart whatever their letter case."""

exported_file = sa.Table(
    "exported_file",
    metadata,
    sa.Column("job_id", BigId, sa.ForeignKey("job.id"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("expires", UtcDateTime, nullable=False, index=True),
)
"""The files of export jobs, until they expire."""

published_metadata = sa.Table(
    "published_metadata",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("last_modified", UtcDateTime, nullable=False),
)
"""Which assets the metadata publish has told of, and as they were when."""

metadata_field = sa.Table(
    "metadata_field",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("asset_type", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("default_value", sa.Text, nullable=False),
    sa.Column("initial_tag", sa.Text),
    sa.Column("is_hidden", sa.Boolean, nullable=False),
    sa.Column("is_enforced", sa.Boolean, nullable=False),
    sa.UniqueConstraint("company_id", "asset_type", "name"),
    sqlite_autoincrement=True,
)

tag_value = sa.Table(
    "tag_value",
    metadata,
    _id(),
    _ref("field_id", "metadata_field.id"),
    sa.Column("value", sa.Text, nullable=False),
    sa.UniqueConstraint("field_id", "value"),
    sqlite_autoincrement=True,
)
"""The dictionaries of tag fields, in the order in which their values came."""

asset_metadata = sa.Table(
    "asset_metadata",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("company_id", BigId, sa.ForeignKey("company.id"), nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("whole", sa.BigInteger),
    sa.Column("number", sa.Float),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Index("ix_asset_metadata_folded", "company_id", "name", "folded", "asset_id"),
    *(
        sa.Index(
            f"ix_asset_metadata_{kind}",
            "company_id",
            "name",
            kind,
            "asset_id",
            sqlite_where=sa.text(f"{kind} IS NOT NULL"),
            postgresql_where=sa.text(f"{kind} IS NOT NULL"),
        )
        for kind in ("whole", "number")
    ),
)
"""The values of assets, of fields of the company's own and of the files' metadata, under ``Field.key`` or a key such as
``dc.rights``. ``folded`` is the beginning of the value in lower case, short enough for an index."""

asset_xmp = sa.Table(
    "asset_xmp",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    _ref("company_id", "company.id"),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Index("ix_asset_xmp_usage", "company_id", "size"),
)
"""The XMP packets of assets, as they are in the file or as a person has set them."""

unreferenced_blob = sa.Table(
    "unreferenced_blob",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("since", UtcDateTime, nullable=False),
)
"""Since when a sweep has seen no row that refers to the bytes."""

worker = sa.Table(
    "worker",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("slots", sa.Integer, nullable=False),
    sa.Column("last_seen", UtcDateTime, nullable=False),
)
"""The processes that run tasks. A worker that is started again is another one."""

leadership = sa.Table(
    "leadership",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("epoch", BigId, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("seen", UtcDateTime, nullable=False),
)
"""Who leads the servers that share a Postgres: its one row counts the changes of leader. SQLite has one server."""

profile = sa.Table(
    "profile",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("ended", UtcDateTime),
    sa.Index(
        "ix_profile_name",
        "company_id",
        "kind",
        "name",
        unique=True,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    ),
    sqlite_autoincrement=True,
)
"""What is to be done to the assets of folders; ``version`` is the newest. An ended one explains old runs only."""

profile_version = sa.Table(
    "profile_version",
    metadata,
    sa.Column("profile_id", BigId, sa.ForeignKey("profile.id"), primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("definition", sa.JSON, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
)

profile_assignment = sa.Table(
    "profile_assignment",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    _ref("profile_id", "profile.id", nullable=True),
    sa.UniqueConstraint("company_id", "folder", "kind", "profile_id"),
    sqlite_autoincrement=True,
)
"""Which profile holds for a folder and, until one below says otherwise, for those below; no profile stops that."""

applied_profile = sa.Table(
    "applied_profile",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Column("profile_id", BigId, sa.ForeignKey("profile.id"), primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("job_id", BigId, nullable=False),
)
"""Which version of a profile an asset was processed with last."""

selection = sa.Table(
    "selection",
    metadata,
    _id(),
    _ref("company_id", "company.id"),
    sa.Column("created", UtcDateTime, nullable=False, index=True),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("criteria", sa.JSON, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)
"""Assets that were chosen by criteria at one time, and stay chosen whatever changes."""

selected_asset = sa.Table(
    "selected_asset",
    metadata,
    sa.Column("selection_id", BigId, sa.ForeignKey("selection.id"), primary_key=True, autoincrement=False),
    sa.Column("asset_id", BigId, primary_key=True, autoincrement=False),
)

stage_count = sa.Table(
    "stage_count",
    metadata,
    sa.Column("job_id", BigId, sa.ForeignKey("job.id"), primary_key=True, autoincrement=False),
    sa.Column("stage", sa.Text, primary_key=True),
    sa.Column("outcome", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
"""How many of a job's assets ended a stage how."""
console_session = sa.Table(
    "console_session",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    _ref("user_id", "user_account.id"),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("expires", UtcDateTime, nullable=False, index=True),
)
"""Who is signed in to the console. Only a digest of what the browser holds is here."""

audit_entry = sa.Table(
    "audit_entry",
    metadata,
    _id(),
    _ref("company_id", "company.id", nullable=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Index("ix_audit_entry_company", "company_id", "id"),
    sqlite_autoincrement=True,
)
"""Who did what; rows are only ever added. Without a company it is about the whole server."""
smart_crop = sa.Table(
    "smart_crop",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("area", sa.JSON, nullable=False),
    sa.Column("manual_area", sa.JSON(none_as_null=True)),
    sa.Column("colour", sa.Text),
    sa.Column("profile_id", BigId),
    sa.Column("profile_version", sa.Integer),
)
"""Named parts of assets' pictures, each an ``area`` in fractions that is served at a size in pixels.

A ``manual_area`` counts instead of the one that was found.
"""

colour_tag = sa.Table(
    "colour_tag",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("colour", sa.Text, nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Index("ix_colour_tag_name", "name", "share"),
)
"""The dominant colours of assets' pictures."""

smart_tag = sa.Table(
    "smart_tag",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Column("label", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Index("ix_smart_tag_label", "label"),
)
"""What a model says is to be seen on assets, and what people have said of that."""

rendition = sa.Table(
    "rendition",
    metadata,
    sa.Column("asset_id", BigId, sa.ForeignKey("asset.id"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mime", sa.Text, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("profile_id", BigId),
    sa.Column("profile_version", sa.Integer),
    sa.Column("made", UtcDateTime, nullable=False),
)
"""Files made of assets by processing profiles; one whose profile makes it no more stays."""

worker_secret = sa.Table(
    "worker_secret",
    metadata,
    sa.Column("company_id", BigId, sa.ForeignKey("company.id"), primary_key=True, autoincrement=False),
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("secret", sa.Text, nullable=False),
)
"""The services that make renditions for a company, and the secrets that sign what they are asked."""
