"""The main job end to end: originals of every format, the seed's crop, and the pixels that are served after it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile

from domain.model import Derivatives
from tests.imaging.pictures import Pixels, levels, mean_difference, pixels_of, scene
from tests.jobs.flow import Client, blob, crop, publish_fields, reprocess
from tests.jobs.pictures import jpeg, noise, png, tiff

SEED_CROP = crop(190, 310, 160, 120)


def cropped(pixels: Pixels) -> Pixels:
    return pixels[160:-120, 190:-310]


def derivatives_of(lab: Client, handle: str) -> Derivatives:
    made = lab.stored(handle).derivatives
    assert made is not None
    return made


def pyramid_of(lab: Client, handle: str) -> Path:
    return blob(lab.server, derivatives_of(lab, handle).pyramid)


def run_seed_job(lab: Client, handles: list[str]) -> None:
    lab.run(
        reprocess(
            handles,
            readyForPublish="true",
            preserveCrop="false",
            manualCropOptions=SEED_CROP,
            postImageServingPublishJob=publish_fields(),
        )
    )


@pytest.mark.covers("reprocessAssetsJob.manualCropOptions", "reprocessAssetsJob.assetHandleArray", "submitJob")
@pytest.mark.parametrize(("name", "write"), [("photo.jpg", jpeg), ("opaque.png", png), ("opaque.tif", tiff)])
def test_the_seed_crop_of_an_opaque_original_is_served_close_to_its_pixels(
    lab: Client, name: str, write: Callable[[Pixels], bytes]
) -> None:
    """Opaque 8 bit pyramids have JPEG tiles: a smooth picture comes back within 2 of 255 on average."""
    handles = lab.upload({name: write(scene(1100, 700))})
    run_seed_job(lab, list(handles.values()))
    assert mean_difference(lab.pixels(name.partition(".")[0]), cropped(scene(1100, 700))) < 2


def test_the_seed_crop_of_a_png_with_alpha_is_served_exactly(lab: Client) -> None:
    pixels = noise(900, 500, bands=4)
    handles = lab.upload({"cutout.png": png(pixels)})
    run_seed_job(lab, list(handles.values()))
    np.testing.assert_array_equal(levels(pyramid_of(lab, handles["cutout.png"]))[0], cropped(pixels))


def test_alpha_is_served_when_the_format_has_it(lab: Client) -> None:
    """Colours under a fully transparent pixel are nobody's: there only the alpha is compared."""
    pixels = noise(900, 500, bands=4)
    handles = lab.upload({"alpha.png": png(pixels)})
    run_seed_job(lab, list(handles.values()))
    served, wanted = pixels_of(lab.fetch("alpha", "scl=1&fmt=png-alpha").content), cropped(pixels)
    np.testing.assert_array_equal(served[wanted[..., 3] > 0], wanted[wanted[..., 3] > 0])


def test_a_16_bit_tiff_keeps_its_16_bits_in_the_pyramid_exactly(lab: Client) -> None:
    pixels = noise(900, 500, dtype=np.uint16)
    handles = lab.upload({"deep.tif": tiff(pixels)})
    run_seed_job(lab, list(handles.values()))
    np.testing.assert_array_equal(levels(pyramid_of(lab, handles["deep.tif"]))[0], cropped(pixels))


def test_a_16_bit_tiff_is_served_as_8_bits_close_to_its_high_byte(lab: Client) -> None:
    deep = scene(900, 500).astype(np.uint16) * 257
    handles = lab.upload({"deep8.tif": tiff(deep)})
    run_seed_job(lab, list(handles.values()))
    assert mean_difference(lab.pixels("deep8")[..., :3], cropped(scene(900, 500))) < 1


def test_the_pyramid_is_tiled_and_halves_down_to_one_tile(lab: Client) -> None:
    handles = lab.upload({"big.jpg": jpeg(scene(2000, 1200))})
    run_seed_job(lab, list(handles.values()))
    with tifffile.TiffFile(pyramid_of(lab, handles["big.jpg"])) as file:
        assert all(page.is_tiled for page in file.pages)
        assert [page.shape[:2] for page in file.pages] == [(920, 1500), (460, 750), (230, 375), (115, 187)]


def test_thumbnail_and_preview_have_the_shape_of_the_cropped_picture(lab: Client) -> None:
    handles = lab.upload({"shape.jpg": jpeg(scene(1100, 1000))})
    run_seed_job(lab, list(handles.values()))
    made = derivatives_of(lab, handles["shape.jpg"])
    for small in (made.thumbnail, made.preview):
        height, width = pixels_of(blob(lab.server, small).read_bytes()).shape[:2]
        assert abs(width / height - 600 / 720) < 0.01


def test_the_original_is_never_changed(lab: Client) -> None:
    body = jpeg(scene(1000, 800))
    handles = lab.upload({"kept.jpg": body})
    run_seed_job(lab, list(handles.values()))
    assert blob(lab.server, lab.stored(handles["kept.jpg"]).original).read_bytes() == body


def test_running_the_same_job_again_gives_the_same_bytes(lab: Client) -> None:
    handles = list(lab.upload({"a.jpg": jpeg(scene(1000, 800)), "b.png": png(noise(900, 500, bands=4))}).values())
    run_seed_job(lab, handles)
    first = [lab.stored(handle).derivatives for handle in handles]
    run_seed_job(lab, handles)
    assert [lab.stored(handle).derivatives for handle in handles] == first


@pytest.mark.covers("reprocessAssetsJob.postImageServingPublishJob")
def test_a_reprocess_changes_what_is_served_only_when_it_is_published(lab: Client) -> None:
    handles = lab.upload({"later.png": png(noise(900, 500, bands=4))}, {"readyForPublish": "true"})
    lab.publish()
    lab.run(reprocess(handles.values(), manualCropOptions=SEED_CROP))
    before = lab.pixels("later").shape[:2]
    lab.run(reprocess(handles.values(), postImageServingPublishJob=publish_fields()))
    assert (before, lab.pixels("later").shape[:2]) == ((500, 900), (220, 400))
