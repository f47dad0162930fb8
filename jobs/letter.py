"""What a mail about a finished job says, in the job's language, as text and as HTML. Sending it is left to others."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from domain.clock import utc_now
from domain.model import Job, JobCounts, JsonObject, LogRow
from domain.states import JobOutcome
from domain.words import Words, listed, say, say_number
from jobs.languages import language_of

MOST_ROWS = 50
_OUTCOMES = {
    JobOutcome.COMPLETED: say("completed"),
    JobOutcome.COMPLETED_WITH_ERRORS: say("completed with errors"),
    JobOutcome.CANCELLED: say("cancelled"),
    JobOutcome.FAILED: say("failed"),
}


def summary(counts: JobCounts, outcome: JobOutcome) -> Words:
    """Return the sentence that says how a job ended."""
    parts = [say("{done} of {total} succeeded", done=counts.done, total=counts.total)]
    if counts.failed:
        parts.append(say("{number} failed", number=counts.failed))
    if counts.cancelled:
        parts.append(say("{number} cancelled", number=counts.cancelled))
    return say("{Outcome}: {parts}.", Outcome=_OUTCOMES[outcome], parts=listed(parts))


def compose(job: Job, end: tuple[JobOutcome, Words], problems: int, rows: Sequence[LogRow]) -> JsonObject:
    """Return a mail in the job's language as JSON-able data: subject, text, html and language.

    ``end`` is how the job ended and the words that say so; ``rows`` are the first ``MOST_ROWS`` of its ``problems``.
    """
    outcome, said = end
    language = language_of(job.locale)
    tell = language.say
    facts = [
        (tell(say("Job")), job.name),
        (tell(say("Description")), job.description),
        (tell(say("Run")), job.unique_name),
        (tell(say("Submitted by")), job.submitter),
        (tell(say("Begun")), language.say_time(job.started or job.created)),
        (tell(say("Ended")), language.say_time(utc_now())),
    ]
    named = say("{name}: {outcome}", name=job.name, outcome=_OUTCOMES[outcome])
    page = _Page(
        language=language.locale.language,
        title=" ".join(tell(named).split()),
        summary=tell(said),
        facts=tuple((name, value) for name, value in facts if value),
        columns=(tell(say("Item")), tell(say("What happened"))),
        rows=tuple((row.asset_name or "", "; ".join(map(tell, _said(row)))) for row in rows),
        rest=tell(_rest(problems - len(rows))) if problems > len(rows) else "",
    )
    return {"subject": page.title, "text": _as_text(page), "html": _as_html(page), "language": page.language}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What a mail says, in its language, before it is text or HTML."""

    language: str
    title: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, str]
    rows: tuple[tuple[str, str], ...]
    rest: str


def _said(row: LogRow) -> tuple[Words, ...]:
    return (row.message, *(remark.message for remark in row.aux))


def _rest(number: int) -> Words:
    return say_number(
        "and {count} more; the job's log has it.", "and {count} more; the job's log has them all.", number
    )


def _as_text(page: _Page) -> str:
    lines = [page.summary, "", *(f"{name}: {value}" for name, value in page.facts), ""]
    lines += [f"- {name}: {what}" if name else f"- {what}" for name, what in page.rows]
    return "\n".join([*lines, page.rest]).rstrip() + "\n"


def _as_html(page: _Page) -> str:
    facts = "".join(
        f"<tr><th align=left>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in page.facts
    )
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(what)}</td></tr>" for name, what in page.rows)
    head = "".join(f"<th align=left>{escape(name)}</th>" for name in page.columns)
    table = f"<table border=1 cellpadding=4 cellspacing=0><tr>{head}</tr>{rows}</table>" if rows else ""
    rest = f"<p>{escape(page.rest)}</p>" if page.rest else ""
    return (
        f'<!doctype html><html lang="{page.language}"><meta charset="utf-8"><title>{escape(page.title)}</title>'
        f"<p><strong>{escape(page.summary)}</strong></p><table>{facts}</table>{table and '<br>'}{table}{rest}</html>\n"
    )
