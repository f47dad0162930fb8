"""The demo as a new user runs it: one command, a bar for each job, a row for each asset, and a status."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running_server import ROOT


def run_demo(data: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "run_server.py", "demo", "--port", "0", "--data", str(data), "--exit"]
    environment = os.environ | {"COLUMNS": "80"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("runs", [1, pytest.param(2, marks=pytest.mark.proof)])
def test_the_demo_runs_the_main_job_and_runs_again_on_the_same_data(tmp_path: Path, runs: int) -> None:
    for _run in range(runs):
        done = run_demo(tmp_path / "data")
        rows = re.findall(
            r"^ *(\S+\.\w+) .*x.* done +http://\S+/is/image/DemoCo/([\w-]+)\s*$", done.stdout, re.MULTILINE
        )
        bars = re.findall(r"^(\w+) +\S+ (\d+/\d+)", done.stdout, re.MULTILINE)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [Path(name).stem for name, _image in rows] == [image for _name, image in rows]
        assert len(rows) == 8
        assert re.search(r"^ *leaflet\.pdf +3 pages +3 pages .* done *$", done.stdout, re.MULTILINE)
        assert bars == [("UploadPost", "6/6"), ("ReprocessAssets", "6/6"), ("ImageServingPublish", "8/8")]
