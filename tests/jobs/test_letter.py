"""What a mail says: in the job's language, as text and as HTML, with a table of what went wrong that has an end."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html

from domain.model import AuxRow, Job, JobCounts, LogRow
from domain.priorities import Priority
from domain.states import JobOutcome, JobState
from domain.words import say
from jobs.letter import compose, summary

BEGUN = datetime(2026, 11, 21, 16, 5, 9, tzinfo=UTC)
JOB = Job(
    id=7,
    company_id=110,
    kind="reprocess",
    name="<nightly> & more",
    unique_name="<nightly> & more_2026-11-21-16:05:08.000",
    state=JobState.RUNNING,
    outcome=None,
    priority=Priority.NORMAL,
    submitter="lab@example.com",
    locale="de-DE",
    description="Frühling 'n' Sommer",
    options={},
    counts=JobCounts(total=1234, done=1233, failed=1),
    created=BEGUN,
    started=BEGUN,
    ended=None,
    last_progress=BEGUN,
    server_name="host",
    client="192.0.2.1",
    parent_id=None,
    stop_requested=False,
    is_open=False,
)
BROKEN = LogRow(
    log_type="ReoptimizeFailure",
    message=say("The asset no longer exists."),
    at=BEGUN,
    asset_name="<b>shoe</b>.png",
    aux=(AuxRow(log_type="UploadWarning", message=say("No mask was made: the picture has no transparency.")),),
)
SAID = "Das Asset existiert nicht mehr.; Es wurde keine Maske erstellt: Das Bild hat keine Transparenz."


def tags(document: str) -> list[str]:
    return [str(element.tag) for element in html.fromstring(document).iter()]


def cells(document: str) -> list[str]:
    return [element.text_content() for element in html.fromstring(document).iter("td", "th")]


def letter(rows: int = 1, problems: int = 1, **changes: Any) -> dict[str, str]:
    outcome = JobOutcome.COMPLETED_WITH_ERRORS
    end = (outcome, summary(JOB.counts, outcome))
    return dict(compose(replace(JOB, **changes), end, problems, [BROKEN] * rows))


def test_the_subject_has_the_jobs_name_and_how_it_ended_in_its_language() -> None:
    assert letter()["subject"] == "<nightly> & more: mit Fehlern abgeschlossen"


def test_the_text_says_everything_in_the_jobs_language() -> None:
    lines = letter()["text"].splitlines()

    assert lines[:7] == [
        "Mit Fehlern abgeschlossen: 1.233 von 1.234 erfolgreich, 1 fehlgeschlagen.",
        "",
        "Auftrag: <nightly> & more",
        "Beschreibung: Frühling 'n' Sommer",
        "Lauf: <nightly> & more_2026-11-21-16:05:08.000",
        "Eingereicht von: lab@example.com",
        "Begonnen: 21. November 2026, 16:05:09 UTC",
    ]
    assert lines[7].startswith("Beendet: ")
    assert lines[8:] == ["", f"- <b>shoe</b>.png: {SAID}"]


def test_the_html_has_the_same_facts_and_rows_and_no_markup_of_a_users() -> None:
    page = letter()["html"]

    assert cells(page)[:4] == ["Auftrag", "<nightly> & more", "Beschreibung", "Frühling 'n' Sommer"]
    assert cells(page)[-4:] == ["Element", "Was geschehen ist", "<b>shoe</b>.png", SAID]
    assert not {"b", "nightly"} & set(tags(page))


def test_a_job_without_problems_has_no_table_of_them() -> None:
    made = letter(rows=0, problems=0)

    assert tags(made["html"]).count("table") == 1
    assert made["text"].splitlines()[-1].startswith("Beendet: ")


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        (51, "und 1 weiteres; es steht im Protokoll des Auftrags."),
        (2050, "und 2.000 weitere; alle stehen im Protokoll des Auftrags."),
    ],
)
def test_what_the_table_leaves_out_is_counted(problems: int, said: str) -> None:
    made = letter(rows=50, problems=problems)

    assert made["text"].splitlines()[-1] == said
    assert f"<p>{said}</p>" in made["html"]


@pytest.mark.parametrize(
    ("locale", "subject", "ended"),
    [
        ("", "completed with errors", "Ended: "),
        ("fr-FR", "terminée avec des erreurs", "Fin: "),
        ("ja", "エラーありで完了", "終了: "),
        ("es", "completed with errors", "Ended: "),
    ],
)
def test_each_language_has_its_own_words(locale: str, subject: str, ended: str) -> None:
    made = letter(locale=locale, description="")

    assert subject in made["subject"]
    assert ended in made["text"]
    assert f'<html lang="{made["language"]}">' in made["html"]
