"""Handles: the opaque strings by which clients name things, read in every documented form, written in the modern one.

Whether the thing exists, and whose it is, is for the store to say.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

_NUMBER = re.compile(r"([0-9]{1,18})")  # every one fits the database's 64 bits
_COMPANY = re.compile(rf"(?:c\|)?{_NUMBER.pattern}")
_ASSET = re.compile(rf"(?:a\|)?{_NUMBER.pattern}(?:\|[0-9]+\|[0-9]+)?")
_USER = re.compile(rf"(?:u\|)?{_NUMBER.pattern}\|.+", re.DOTALL)
_CONTEXT = re.compile(rf"(?:pc\|)?{_NUMBER.pattern}")
_PROPERTY_SET = re.compile(rf"(?:ps\|)?{_NUMBER.pattern}")
_IMAGE_FORMAT = re.compile(rf"(?:if\|)?([0-9]{{1,18}})\|{_NUMBER.pattern}")
_PROPERTY_SET_TYPE = re.compile(rf"(?:pt\|)?{_NUMBER.pattern}")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRef:
    """What a job handle says: the submitted name, or the unique name of one run, or that run's number."""

    company_id: int
    submitted_name: str = ""
    unique_name: str = ""
    job_id: int | None = None


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.fullmatch(text.strip())
    return int(match[1]) if match else None


def parse_company(text: str) -> int | None:
    """Return the company's number from ``c|21`` or ``21``; None when ``text`` is no company handle."""
    return _number(_COMPANY, text)


def parse_asset(text: str) -> int | None:
    """Return the asset's number from ``a|210``, ``a|732|1|535`` or ``24265|1|17061``; None for anything else."""
    return _number(_ASSET, text)


def parse_user(text: str) -> int | None:
    """Return the user's number from ``u|41|jdoe@example.com`` or the form without a prefix; None for anything else."""
    return _number(_USER, text)


def parse_context(text: str) -> int | None:
    """Return the publish context's number from ``pc|3001``; None for anything else."""
    return _number(_CONTEXT, text)


def parse_property_set(text: str) -> int | None:
    """Return the property set's number from ``ps|941``; None for anything else."""
    return _number(_PROPERTY_SET, text)


def parse_property_set_type(text: str) -> int | None:
    """Return the number of the type of property sets from ``pt|10801``; None for anything else."""
    return _number(_PROPERTY_SET_TYPE, text)


def parse_image_format(text: str) -> tuple[int, int] | None:
    """Return the numbers of company and image format from ``if|47|301`` or ``47|301``; None for anything else."""
    match = _IMAGE_FORMAT.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else None


def parse_project(text: str) -> tuple[int, str] | None:
    """Return company number and project name from ``p|6|Name`` or the form without a prefix; None for anything else."""
    company, bar, name = text.strip().removeprefix("p|").partition("|")
    return (int(company), name) if bar and name and company.isascii() and company.isdigit() else None


def parse_field(text: str) -> tuple[int, str, str] | None:
    """Return company, asset type and name from ``m|6|IMAGE|Name`` or the form without a prefix; None for another text.

    The type is in capitals; ``ALL`` is the first API's word for ``ASSET``.
    """
    company, _bar, rest = text.strip().removeprefix("m|").partition("|")
    asset_type, bar, name = rest.partition("|")
    if not (_NUMBER.fullmatch(company) and asset_type and bar and name):
        return None
    return int(company), "ASSET" if asset_type.upper() == "ALL" else asset_type.upper(), name


def parse_folder(text: str) -> str:
    """Return the folder path from ``f|jcompany/Sets/`` or a bare path, without doubled or outer slashes."""
    path = text.strip().removeprefix("f|")
    return "/".join(part for part in path.split("/") if part)


def parse_job(text: str) -> JobRef | None:
    """Return what a job handle names, from the modern five-field form or the bare one of the first API; else None."""
    fields = text.strip().removeprefix("j|").split("|")
    if not 2 <= len(fields) <= 4 or not _NUMBER.fullmatch(fields[0]):
        return None
    submitted, unique, number = ([unquote(field) for field in fields[1:]] + ["", "", ""])[:3]
    if number and not _NUMBER.fullmatch(number):
        return None
    return JobRef(
        company_id=int(fields[0]),
        submitted_name=submitted,
        unique_name=unique,
        job_id=int(number) if number else None,
    )


def company_handle(company_id: int) -> str:
    """Return ``c|21``."""
    return f"c|{company_id}"


def asset_handle(asset_id: int) -> str:
    """Return ``a|210``."""
    return f"a|{asset_id}"


def image_map_handle(asset_id: int, number: int) -> str:
    """Return ``a|210|8|0``: an image map is known by its asset, the vendor's code for its type, and its number."""
    return f"a|{asset_id}|8|{number}"


def folder_handle(path: str) -> str:
    """Return ``f|Company/Sub/`` for a folder path that starts with the company root."""
    return f"f|{path}"


def user_handle(user_id: int, email: str) -> str:
    """Return ``u|41|jdoe@example.com``: the number and the address, so a changed address changes the handle."""
    return f"u|{user_id}|{email}"


def project_handle(company_id: int, name: str) -> str:
    """Return ``p|6|Name``: renaming a project changes its handle."""
    return f"p|{company_id}|{name}"


def field_handle(company_id: int, asset_type: str, name: str) -> str:
    """Return ``m|6|IMAGE|Name``: renaming a metadata field changes its handle."""
    return f"m|{company_id}|{asset_type.upper()}|{name}"


def context_handle(context_id: int) -> str:
    """Return ``pc|3001``."""
    return f"pc|{context_id}"


def property_set_handle(set_id: int) -> str:
    """Return ``ps|941``."""
    return f"ps|{set_id}"


def property_set_type_handle(type_id: int) -> str:
    """Return ``pt|10801``."""
    return f"pt|{type_id}"


def image_format_handle(company_id: int, format_id: int) -> str:
    """Return ``if|47|301``: company and number."""
    return f"if|{company_id}|{format_id}"


def submitted_job_handle(company_id: int, name: str) -> str:
    """Return the handle that submitJob answers: it knows the submitted name alone."""
    return f"j|{company_id}|{_job_text(name)}||"


def active_job_handle(company_id: int, unique_name: str, job_id: int) -> str:
    """Return the handle of one run, as getActiveJobs and the job logs show it."""
    return f"j|{company_id}||{_job_text(unique_name)}|{job_id}"


def scheduled_job_handle(company_id: int, name: str, unique_name: str) -> str:
    """Return the handle of a scheduled job; the unique name tells two of one submitted name apart."""
    return f"j|{company_id}|{_job_text(name)}|{_job_text(unique_name)}|"


def unique_job_name(name: str, started: datetime) -> str:
    """Return the name of one run: the submitted name and the server-local time to the millisecond."""
    local = started.astimezone()
    return f"{name}_{local:%Y-%m-%d-%H:%M:%S}.{local.microsecond // 1000:03d}"


def _job_text(name: str) -> str:
    return quote(name, safe=" /:@!$&'()*+,;=?#[]<>{}^`\"\\~") if "|" in name or "%" in name else name
