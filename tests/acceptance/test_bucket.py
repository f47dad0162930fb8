"""A server whose files lie in a bucket: uploaded, reprocessed, published and served, and nothing told of its secret."""

import subprocess
from pathlib import Path

from tests.imaging.pictures import scene
from tests.jobs.flow import crop, reprocess
from tests.jobs.own_server import own_server
from tests.jobs.pictures import png


def test_the_main_job_runs_on_a_bucket(bucket_url: str, tmp_path: Path) -> None:
    secret_url = bucket_url.replace(":secret@", ":hunter2@")
    with own_server(tmp_path / "data", blob_url=secret_url, slots="1", http_workers="1") as lab:
        handle = lab.upload({"a.png": png(scene(60, 40))}, {"readyForPublish": "true"})["a.png"]
        job = lab.run(reprocess([handle], manualCropOptions=crop(1, 2, 3, 4)))
        lab.publish()

        assert [row.type for row in lab.rows(job)].count("ReoptimizeSuccess") == 1
        assert lab.pixels("a").shape == (33, 57, 3)
        assert not (tmp_path / "data/blobs").exists()
        tree = subprocess.run(["ps", "axo", "args"], capture_output=True, text=True, check=True).stdout
        assert "hunter2" not in lab.server.log() + tree
