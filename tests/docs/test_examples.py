"""The examples of the documents, run as they stand but for the server, the account and the company."""

import subprocess
import sys

import pytest

from tests.jobs.flow import Client
from tests.jobs.pictures import small_png
from tests.running_server import PASSWORD, ROOT, RunningServer

EXAMPLES = {
    "README.md": ("LabCo",),
    "docs/first-job.md": ("ReoptimizeSuccess gradient.png", "image/jpeg"),
    "docs/api.md": ("Renditions of 1 of 1 assets", "by-api completed", "EndReoptimize"),
}
"""The pages, with what their examples print."""


@pytest.mark.parametrize("page", EXAMPLES)
def test_the_example_runs(server: RunningServer, page: str) -> None:
    Client(server).upload({"a.png": small_png()})
    text = (ROOT / page).read_text()
    code = text.partition("```python\n")[2].partition("```")[0]
    for documented, here in {
        "http://127.0.0.1:8080": server.url,
        "demo@example.com": "lab@example.com",
        "demo-password": PASSWORD,
        "DemoCo": "LabCo",
    }.items():
        assert documented in code
        code = code.replace(documented, here)

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr
    assert not [text for text in EXAMPLES[page] if text not in done.stdout], done.stdout
