"""Makes docs/gallery: what each option of reprocessAssetsJob does to a picture, run through SOAP and the image server.

``python -m tests.docs.gallery`` rewrites the folder; the pictures are for looking at, so no test compares them.
"""

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from imaging.samples import draw_samples
from tests.jobs.flow import Client, blob, crop, publish_fields, reprocess
from tests.running_server import RunningServer, add_account

FOLDER = Path(__file__).parents[2] / "docs" / "gallery"
WIDTH = 360
PAPER = (244, 241, 236)
MASK = "the stored mask"
TOLERANT = "<corner>UpperLeft</corner><tolerance>0.08</tolerance>"
CONVERT = "<colorManagement>Convert</colorManagement><outputProfileHandle>{profile}</outputProfileHandle>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One picture of the gallery: which sample, which options, and which part of the result is shown."""

    title: str
    sample: str = "vase.png"
    options: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    query: str = f"wid={WIDTH}"


def _knockout(method: str) -> dict[str, str]:
    return {"knockoutBackgroundOptions": f"{TOLERANT}<fillMethod>{method}</fillMethod>"}


def _unsharp(amount: float) -> dict[str, str]:
    return {"unsharpMaskOptions": f"<amount>{amount}</amount><radius>1</radius><threshold>0</threshold>"}


EXAMPLES = (
    Example(title="the original"),
    Example(title="manualCropOptions 250, 350, 100, 300", options={"manualCropOptions": crop(250, 350, 100, 300)}),
    Example(title="autoColorCropOptions UpperLeft 0.08", options={"autoColorCropOptions": TOLERANT}),
    Example(title="knockoutBackgroundOptions FloodFill 0.08", options=_knockout("FloodFill")),
    Example(title="knockoutBackgroundOptions MatchPixel 0.08", options=_knockout("MatchPixel")),
    Example(
        title="knockoutBackgroundOptions FloodFill with createMask: the mask",
        options=_knockout("FloodFill") | {"createMask": "true"},
        shown=MASK,
    ),
    Example(title="a transparent original", sample="sunflower.png"),
    Example(
        title="autoTransparentCropOptions 0",
        sample="sunflower.png",
        options={"autoTransparentCropOptions": "<tolerance>0</tolerance>"},
    ),
    Example(title="no unsharp mask, at a quarter of the size", sample="weave.jpg", query="scl=4&rgn=0,0,1440,960"),
    Example(
        title="unsharpMaskOptions 3, 1, 0, at a quarter of the size",
        sample="weave.jpg",
        options=_unsharp(3),
        query="scl=4&rgn=0,0,1440,960",
    ),
    Example(title="colorManagementOptions MaintainOriginal", sample="hills.jpg"),
    Example(
        title="colorManagementOptions Convert to CMYK",
        sample="hills.jpg",
        options={"colorManagementOptions": CONVERT},
    ),
    Example(title="pdfOptions Rasterize, page 2", sample="leaflet.pdf", shown="leaflet-2"),
    Example(
        title="pdfOptions Rasterize, Gray, 18 dpi, page 2",
        sample="leaflet.pdf",
        shown="leaflet-2",
        options={"pdfOptions": "<resolution>18</resolution><colorspace>Gray</colorspace>"},
    ),
)


def write_gallery(client: Client) -> None:
    """Write a picture for each example, and the page that shows them."""
    FOLDER.mkdir(exist_ok=True)
    settings = client.call("getCompanySettings")
    profile = settings.text("settings/defaultSourceProfile/assetHandle")
    lines = [
        "# What the options do",
        "",
        "Each picture is a sample that was uploaded, reprocessed with the options named above it, published, and asked",
        "for at the image server; transparency is shown as a checkerboard. `make gallery` makes them anew.",
        "",
    ]
    for number, example in enumerate(EXAMPLES, 1):
        name = f"{number:02}-{Path(example.sample).stem}.jpg"
        picture = _run(client, example, profile)
        picture.save(FOLDER / name, quality=82)
        size = f"{picture.width}x{picture.height}"
        lines += [f"## {example.title}", "", f"![{example.title}]({name})", "", f"`{example.sample}`, {size}", ""]
    (FOLDER / "README.md").write_text("\n".join(lines))


def _run(client: Client, example: Example, profile: str) -> Image.Image:
    handle = client.upload({example.sample: _samples()[example.sample]})[example.sample]
    options = {name: value.format(profile=profile) for name, value in example.options.items()}
    publish = {"readyForPublish": "true", "preserveCrop": "false", "postImageServingPublishJob": publish_fields()}
    client.run(reprocess([handle], **options, **publish))
    if example.shown == MASK:
        return _mask(client, handle)
    reply = client.fetch(example.shown or Path(example.sample).stem, f"{example.query}&fmt=png-alpha")
    assert reply.ok, reply.text
    return _on_checkerboard(Image.open(io.BytesIO(reply.content)).convert("RGBA"))


def _mask(client: Client, handle: str) -> Image.Image:
    made = client.stored(handle).derivatives
    assert made is not None
    mask = Image.open(blob(client.server, made.mask))
    mask.thumbnail((WIDTH, WIDTH))
    return mask


def _on_checkerboard(picture: Image.Image) -> Image.Image:
    down, across = np.indices((picture.height, picture.width)) // 12
    board = np.where((down + across) % 2, 255, 210).astype(np.uint8)
    below = Image.fromarray(board).convert("RGBA")
    return Image.alpha_composite(below, picture).convert("RGB")


def _samples() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        paths = draw_samples(Path(folder))
        return {path.name: path.read_bytes() for path in paths} | {"vase.png": _vase()}


def _vase() -> bytes:
    """A vase off the centre of a paper that is not quite even, with a label of the paper's colour on it."""
    picture = Image.new("RGB", (1200, 900), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((420, 300, 800, 760), fill=(36, 92, 120))
    pen.rectangle((550, 160, 670, 420), fill=(36, 92, 120))
    pen.ellipse((520, 130, 700, 190), fill=(28, 70, 96))
    pen.rectangle((530, 480, 690, 580), fill=PAPER)
    grain = np.random.default_rng(3).integers(-3, 4, (900, 1200, 1))
    file = io.BytesIO()
    Image.fromarray(np.clip(np.asarray(picture).astype(int) + grain, 0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def main() -> None:
    """Run a server of its own and write the gallery."""
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder) / "data")
        database = server.database
        add_account(database, "LabCo", "lab@example.com", company_id=110)
        database.close()
        server.start()
        try:
            write_gallery(Client(server))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
