"""The stages that look at pictures: what they find, leave out with a reason, keep, and refuse, with a real slot."""

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image, ImageCms, ImageDraw
from standardwebhooks import Webhook

from domain.errors import Permanent, Superseded
from domain.findings import Fraction, TagState
from domain.metadata import Field
from imaging.tagging import Preparation
from jobs.profiles.definitions import (
    CropSize,
    ExternalWorker,
    ImageProfile,
    ProcessingProfile,
    ProfileError,
    Rendition,
    SwatchSize,
    Workflow,
)
from jobs.profiles.library import check_definition
from jobs.stages import colour_tags, named_renditions, smart_crop, smart_tags
from jobs.stages.port import StageOutcome
from jobs.stages.renditions import STAGE as PICTURE
from jobs.vocabulary import TagModel, Vocabulary
from store.assets import replace_original
from store.companies import change_company
from store.metadata_fields import add_field, load_dictionary
from store.metadata_values import load_held
from store.renditions import find_renditions, set_worker_secret
from store.smart_crops import load_crops, set_manual_crop
from store.tags import load_colours, load_smart_tags, mark_smart_tag
from tests.jobs.listener import listening
from tests.jobs.stage_calls import Bench, open_bench

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WIDE = CropSize(name="Wide", width=200, height=100)
DRAWN = Fraction(left=0.0, top=0.0, width=0.5, height=0.25)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("bench")) as opened:
        yield opened


def ball(left: int = 260, size: tuple[int, int] = (400, 200)) -> Image.Image:
    """Return an orange ball on grey; its centre is 50 pixels right of, and 100 below, its left."""
    picture = Image.new("RGB", size, (128, 128, 128))
    ImageDraw.Draw(picture).ellipse((left, 50, left + 100, 150), fill=(255, 140, 0))
    return picture


def crops(bench: Bench, asset_id: int) -> dict[str, Any]:
    with bench.tools.database.read() as tx:
        return {crop.name: crop for crop in load_crops(tx, bench.company, asset_id)}


def test_a_smart_crop_has_the_shape_of_its_size_and_what_draws_attention_in_it(bench: Bench) -> None:
    asset = bench.asset(ball())

    bench.run(smart_crop.STAGE, asset, ImageProfile(smart_crops=(CropSize(name="Square", width=90, height=90),)))

    found = crops(bench, asset.id)["Square"]
    assert (found.area.width, found.area.height, found.area.top) == (0.5, 1.0, 0.0)
    assert found.area.left * 400 < 260
    assert (found.area.left + found.area.width) * 400 > 360
    assert (found.source, found.profile_id, found.profile_version) == ("auto", 7, 3)


def test_sizes_of_one_shape_share_their_part_or_have_smaller_ones_around_the_same_point(bench: Bench) -> None:
    sizes = (WIDE, CropSize(name="Half", width=100, height=50), CropSize(name="Tiny", width=20, height=10))
    asset = bench.asset(ball(size=(400, 400)))

    bench.run(smart_crop.STAGE, asset, ImageProfile(smart_crops=sizes))
    shared = crops(bench, asset.id)
    bench.run(smart_crop.STAGE, asset, ImageProfile(smart_crops=sizes, preserves_content=False))
    own = crops(bench, asset.id)

    assert shared["Wide"].area == shared["Half"].area == shared["Tiny"].area
    assert [own[name].area.width for name in ("Wide", "Half", "Tiny")] == [1.0, 0.5, 0.5]


def test_a_swatch_is_of_the_colour_that_draws_attention_or_a_piece_of_the_image(bench: Bench) -> None:
    asset = bench.asset(ball(left=150))

    bench.run(smart_crop.STAGE, asset, ImageProfile(swatch=SwatchSize(width=20, height=20)))
    colour = crops(bench, asset.id)["Swatch"]
    bench.run(smart_crop.STAGE, asset, ImageProfile(swatch=SwatchSize(width=20, height=20, is_colour=False)))
    piece = crops(bench, asset.id)["Swatch"]

    assert (colour.colour or "")[:4] == "#ff8"  # darkorange is #ff8c00
    assert colour.size == (20, 20)
    assert (piece.colour, piece.area.width, piece.area.height) == (None, 0.125, 0.25)


def test_a_picture_is_made_with_the_companys_own_profiles_if_the_run_says_nothing_of_colours(bench: Bench) -> None:
    file = bench.folder.parent / "display.icc"
    file.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile, asset = bench.asset(file, type="IccProfile"), bench.asset(ball())
    steps = []
    for number in (profile.id, None):
        with bench.tools.database.write() as tx:
            change_company(tx, bench.company, display_profile_id=number)
        steps.append([step.name for step in PICTURE.perform(bench.call(asset)).steps])
    assert ["renditions: colour" in each for each in steps] == [True, False]


@pytest.mark.parametrize(("options", "source"), [({}, "manual"), ({"reset": True}, "auto")])
def test_a_drawn_crop_survives_unless_all_are_reset(bench: Bench, options: dict[str, Any], source: str) -> None:
    asset, profile = bench.asset(ball()), ImageProfile(smart_crops=(WIDE,))
    bench.run(smart_crop.STAGE, asset, profile)
    with bench.tools.database.write() as tx:
        assert set_manual_crop(tx, bench.company, asset.id, "Wide", DRAWN)

    bench.run(smart_crop.STAGE, asset, profile, **options)

    assert crops(bench, asset.id)["Wide"].source == source


def test_a_picture_that_is_too_small_is_left_out_with_the_reason(bench: Bench) -> None:
    result = bench.run(smart_crop.STAGE, bench.asset(ball(size=(400, 49))), ImageProfile(smart_crops=(WIDE,)))

    assert result.outcome is StageOutcome.SKIPPED
    assert str(result.words) == "The picture is 400x49 pixels; crops need 50 in both directions."


def test_an_animation_is_left_out_with_the_reason(bench: Bench, tmp_path: Path) -> None:
    frames = [ball(left) for left in (0, 100)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])

    result = bench.run(smart_crop.STAGE, bench.asset(tmp_path / "moving.gif"), ImageProfile(smart_crops=(WIDE,)))

    assert (result.outcome, str(result.words)) == (
        StageOutcome.SKIPPED,
        "The file is an animation; crops are made of still pictures.",
    )


@pytest.mark.parametrize(
    ("names", "sizes", "problem"),
    [
        (("swatch",), ((9, 9),), "is reserved"),
        (("a:b",), ((9, 9),), "none of"),
        (("a", "A"), ((9, 9), (8, 8)), "the same name"),
        (("a", "b"), ((9, 9), (9, 9)), "the same width and height"),
        (("a",), ((0, 9),), "from 1 to"),
        (("a",), ((9, 16_001),), "from 1 to"),
    ],
)
def test_a_profile_with_impossible_crops_is_refused(names: Any, sizes: Any, problem: str) -> None:
    named = zip(names, sizes, strict=True)
    profile = ImageProfile(smart_crops=tuple(CropSize(name=name, width=w, height=h) for name, (w, h) in named))

    with pytest.raises(ProfileError, match=problem):
        check_definition(profile)


@pytest.mark.parametrize(
    ("rendition", "url", "problem"),
    [
        (Rendition(name="r", format="jpeg", width=0), "https://w.example/", "1 to"),
        (Rendition(name="r", format="jpeg", height=20_000), "https://w.example/", "1 to"),
        (Rendition(name="r", format="jpeg"), "ftp://w.example/", "http or https"),
        (Rendition(name="cut", format="jpeg"), "https://w.example/", "the same name"),
    ],
)
def test_a_profile_with_impossible_renditions_is_refused(rendition: Rendition, url: str, problem: str) -> None:
    with pytest.raises(ProfileError, match=problem):
        check_definition(ProcessingProfile(renditions=(rendition,), workers=asking(url).workers))


def test_work_on_an_original_that_was_replaced_meanwhile_is_thrown_away(bench: Bench) -> None:
    asset, newer = bench.asset(ball()), bench.asset(ball(0))
    result = smart_crop.STAGE.perform(bench.call(asset, ImageProfile(smart_crops=(WIDE,))))

    with bench.tools.database.write() as tx:
        replace_original(tx, asset, original=newer.original, file_name="x.png", changed_by="lab@example.com")
        with pytest.raises(Superseded):
            result.apply(tx)


@pytest.mark.parametrize("stage", [smart_crop.STAGE, colour_tags.STAGE, smart_tags.STAGE, named_renditions.STAGE])
def test_documents_are_left_out_with_a_reason(bench: Bench, stage: Any) -> None:
    profile = ImageProfile(smart_crops=(WIDE,)) if stage is smart_crop.STAGE else None
    if stage is named_renditions.STAGE:
        rendition = Rendition(name="web", format="jpeg")
        version = bench.call(bench.asset(ball()), ProcessingProfile(renditions=(rendition,))).profile
    else:
        version = bench.call(bench.asset(ball()), profile).profile

    assert "not of assets of type Pdf" in str(stage.skips("Pdf", version, {})) or "not on assets of type Pdf" in str(
        stage.skips("Pdf", version, {})
    )
    assert stage.skips("Image", version, {}) is None


@pytest.mark.parametrize("stage", [smart_crop.STAGE, named_renditions.STAGE])
def test_without_a_profile_that_asks_for_something_nothing_is_done(bench: Bench, stage: Any) -> None:
    result = bench.run(stage, bench.asset(ball()), Workflow(steps=()))

    assert result.outcome is StageOutcome.SKIPPED
    assert "There is no" in str(result.words)


def test_colours_have_names_and_shares_and_are_the_same_again(bench: Bench) -> None:
    picture = Image.new("RGB", (100, 100), (250, 5, 5))
    picture.paste((255, 255, 255), (0, 0, 100, 30))
    asset = bench.asset(picture)

    bench.run(colour_tags.STAGE, asset)
    with bench.tools.database.read() as tx:
        first = load_colours(tx, bench.company, asset.id)
    bench.run(colour_tags.STAGE, asset)
    with bench.tools.database.read() as tx:
        again = load_colours(tx, bench.company, asset.id)

    assert [colour.name for colour in first[:2]] == ["red", "white"]
    assert [colour.share for colour in first[:2]] == pytest.approx([0.7, 0.3], abs=0.04)
    assert first == again


def test_what_is_transparent_has_no_colour(bench: Bench) -> None:
    picture = Image.new("RGBA", (100, 100), (0, 0, 255, 0))
    picture.paste((0, 128, 0, 255), (0, 0, 100, 50))
    asset = bench.asset(picture)

    bench.run(colour_tags.STAGE, asset)

    with bench.tools.database.read() as tx:
        assert [(one.name, one.share) for one in load_colours(tx, bench.company, asset.id)] == [("green", 1.0)]


def test_no_more_colours_are_kept_than_the_limit(bench: Bench) -> None:
    picture = Image.effect_noise((100, 100), 100).convert("RGB")
    asset = bench.asset(picture)

    bench.run(colour_tags.STAGE, asset, limit=2)

    with bench.tools.database.read() as tx:
        assert 1 <= len(load_colours(tx, bench.company, asset.id)) <= 2


@pytest.mark.parametrize("limit", [0, 41, "10", True])
def test_a_limit_of_colours_out_of_range_is_refused(bench: Bench, limit: Any) -> None:
    with pytest.raises(Permanent, match="limit of colour tags"):
        bench.run(colour_tags.STAGE, bench.asset(ball()), limit=limit)


def model_file(path: Path, shape: tuple[object, ...], nodes: list[Any]) -> Path:
    """Write a model from pictures of a shape to three numbers: how red, green and blue they are."""
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, None)],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    made.ir_version = 8
    onnx.save(made, str(path))
    return path


def tagging(bench: Bench, folder: Path, vocabulary: Vocabulary, shape: tuple[object, ...] = (1, 3, 8, 8)) -> Bench:
    """Return the bench with a model that says how red, green and blue a picture is."""
    axes = [2, 3] if shape[1] == 3 else [1, 2]
    mean = helper.make_node("ReduceMean", ["picture"], ["scores"], axes=axes, keepdims=0)
    path = model_file(folder / "means.onnx", shape, [mean])
    return bench.with_tools(tag_model=TagModel(path=path, labels=("Red", "Green", "Blue"), vocabulary=vocabulary))


@pytest.mark.parametrize("shape", [(1, 3, 8, 8), ("batch", 3, "height", "width"), (1, 8, 8, 3)])
def test_a_picture_gets_the_labels_that_the_model_is_sure_of(
    bench: Bench, tmp_path: Path, shape: tuple[object, ...]
) -> None:
    with_model = tagging(bench, tmp_path, Vocabulary(), shape)
    asset = bench.asset(Image.new("RGB", (100, 60), (255, 0, 190)))

    with_model.run(smart_tags.STAGE, asset)

    with bench.tools.database.read() as tx:
        tags = load_smart_tags(tx, bench.company, asset.id)
    assert [tag.label for tag in tags] == ["Red", "Blue"]
    assert [tag.score for tag in tags] == pytest.approx([1.0, 0.745], abs=0.02)
    assert tags[0].model.startswith("means@")


def test_the_vocabulary_renames_blocks_and_asks_for_a_score(bench: Bench, tmp_path: Path) -> None:
    vocabulary = Vocabulary(synonyms=(("red", "warm"),), blocked=frozenset({"blue"}), minimum_score=0.3)
    with_model = tagging(bench, tmp_path, vocabulary)
    asset = bench.asset(Image.new("RGB", (100, 60), (255, 70, 255)))

    with_model.run(smart_tags.STAGE, asset)

    with bench.tools.database.read() as tx:
        assert [tag.label for tag in load_smart_tags(tx, bench.company, asset.id)] == ["warm"]


def test_a_picture_is_prepared_as_the_model_wants_it_and_its_numbers_become_shares(
    bench: Bench, tmp_path: Path
) -> None:
    preparation = Preparation(mean=(0.5, 0.5, 0.5), deviation=(0.1, 0.1, 0.1))
    with_model = tagging(bench, tmp_path, Vocabulary(preparation=preparation))
    asset = bench.asset(Image.new("RGB", (100, 60), (0, 255, 0)))

    with_model.run(smart_tags.STAGE, asset)

    with bench.tools.database.read() as tx:
        assert [(tag.label, tag.score) for tag in load_smart_tags(tx, bench.company, asset.id)] == [("Green", 0.9999)]


def test_a_removed_tag_stays_removed(bench: Bench, tmp_path: Path) -> None:
    with_model = tagging(bench, tmp_path, Vocabulary())
    asset = bench.asset(Image.new("RGB", (100, 60), (255, 0, 0)))
    with_model.run(smart_tags.STAGE, asset)
    with bench.tools.database.write() as tx:
        assert mark_smart_tag(tx, bench.company, asset.id, "Red", TagState.REMOVED)

    with_model.run(smart_tags.STAGE, asset)

    with bench.tools.database.read() as tx:
        assert [tag.state for tag in load_smart_tags(tx, bench.company, asset.id)] == [TagState.REMOVED]


def test_labels_that_are_not_the_models_are_refused(bench: Bench, tmp_path: Path) -> None:
    model = tagging(bench, tmp_path, Vocabulary()).tools.tag_model
    assert model is not None

    with pytest.raises(Permanent, match="3 numbers for 1 labels"):
        bench.with_tools(tag_model=replace(model, labels=("a",))).run(smart_tags.STAGE, bench.asset(ball()))


def test_a_file_that_is_no_model_is_refused(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "no.onnx").write_bytes(b"no model")
    model = TagModel(path=tmp_path / "no.onnx", labels=("a",), vocabulary=Vocabulary())

    with pytest.raises(Permanent, match="The model cannot be loaded"):
        bench.with_tools(tag_model=model).run(smart_tags.STAGE, bench.asset(ball()))


def test_the_tags_are_shown_in_the_tag_field_that_the_company_chose(bench: Bench, tmp_path: Path) -> None:
    with_model = tagging(bench, tmp_path, Vocabulary())
    asset = bench.asset(Image.new("RGB", (100, 60), (255, 0, 190)))
    with bench.tools.database.write() as tx:
        field = add_field(tx, Field(id=0, company_id=bench.company, asset_type="Image", name="Seen", type="MultiTag"))
        change_company(tx, bench.company, tag_field_id=field.id)

    with_model.run(smart_tags.STAGE, asset)

    with bench.tools.database.read() as tx:
        assert load_held(tx, [asset.id])[asset.id][field.key].texts == ("Red", "Blue")
        assert load_dictionary(tx, field) == ("Red", "Blue")


def test_without_a_model_the_stage_says_so(bench: Bench) -> None:
    result = bench.run(smart_tags.STAGE, bench.asset(ball()))

    assert (result.outcome, result.words) == (StageOutcome.SKIPPED, smart_tags.NO_MODEL)


def renditions(bench: Bench, asset_id: int) -> dict[str, Any]:
    with bench.tools.database.read() as tx:
        return {made.name: made for made in find_renditions(tx, bench.company, asset_id)}


def test_renditions_fit_their_boxes_and_are_never_enlarged(bench: Bench) -> None:
    asset = bench.asset(ball())
    profile = ProcessingProfile(
        renditions=(
            Rendition(name="box", format="jpeg", width=100, height=100),
            Rendition(name="narrow", format="webp", width=40),
            Rendition(name="whole", format="png"),
            Rendition(name="large", format="gif", width=4000, height=4000),
            Rendition(name="cut", image_format="cut", commands="crop=0,0,50,50&wid=20&qlt=750"),
        )
    )

    result = bench.run(named_renditions.STAGE, asset, profile)

    made = renditions(bench, asset.id)
    assert result.outcome is StageOutcome.DONE
    assert {name: (one.mime, one.width, one.height) for name, one in made.items()} == {
        "box": ("image/jpeg", 100, 50),
        "narrow": ("image/webp", 40, 20),
        "whole": ("image/png", 400, 200),
        "large": ("image/gif", 400, 200),
        "cut": ("image/jpeg", 20, 20),
    }
    with bench.tools.blobs.as_file(made["narrow"].file.key) as path, Image.open(path) as picture:
        assert (picture.format, picture.size) == ("WEBP", (40, 20))


@pytest.mark.parametrize(("kind", "alpha"), [("png", 0), ("webp", 0), ("gif", 255)])
def test_a_rendition_keeps_transparency_where_its_format_can(bench: Bench, kind: Any, alpha: int) -> None:
    picture = Image.new("RGBA", (80, 60), (255, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (0, 0, 40, 60))
    asset = bench.asset(picture)

    bench.run(named_renditions.STAGE, asset, ProcessingProfile(renditions=(Rendition(name="r", format=kind),)))

    with bench.tools.blobs.as_file(renditions(bench, asset.id)["r"].file.key) as path, Image.open(path) as made:
        seen = made.convert("RGBA")
    assert (seen.getpixel((10, 30))[3], seen.getpixel((70, 30))[3]) == (255, alpha)  # type: ignore[index]


@pytest.mark.parametrize(
    ("included", "excluded", "is_made"),
    [
        ((), (), True),
        (("image/*",), (), True),
        (("image/jpeg",), (), False),
        (("image/png",), ("IMAGE/PNG",), False),
        ((), ("application/pdf",), True),
    ],
)
def test_an_excluded_type_is_left_out_even_if_it_is_included(included: Any, excluded: Any, is_made: bool) -> None:
    rendition = Rendition(name="r", format="jpeg", included=included, excluded=excluded)

    assert named_renditions.is_wanted(rendition, "image/png") is is_made


def test_a_rendition_that_is_defined_no_more_stays(bench: Bench) -> None:
    asset = bench.asset(ball())
    for name in ("old", "new"):
        profile = ProcessingProfile(renditions=(Rendition(name=name, format="jpeg", width=20),))
        bench.run(named_renditions.STAGE, asset, profile)

    assert sorted(renditions(bench, asset.id)) == ["new", "old"]


def png(size: tuple[int, int]) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (1, 2, 3)).save(written, "PNG")
    return written.getvalue()


def asking(url: str) -> ProcessingProfile:
    worker = ExternalWorker(name="cut", file_name="cut.png", url=url, parameters=(("mode", "fine"),))
    return ProcessingProfile(workers=(worker,))


def test_a_service_gets_the_original_signed_and_its_answer_is_kept(bench: Bench) -> None:
    asset = bench.asset(ball())
    with listening(body=png((30, 20))) as listener:
        url = listener.url("/cut")
        with bench.tools.database.write() as tx:
            set_worker_secret(tx, bench.company, url, SECRET)
        bench.run(named_renditions.STAGE, asset, asking(url))
        bench.run(named_renditions.STAGE, asset, asking(url))
    headers, body = listener.posts.get_nowait()
    again, _ = listener.posts.get_nowait()

    told = json.loads(Webhook(SECRET).verify(body, headers) and body)["data"]
    made = renditions(bench, asset.id)["cut"]
    assert (made.mime, made.width, made.height) == ("image/png", 30, 20)
    assert (told["renditionName"], told["parameters"]) == ("cut", {"mode": "fine"})
    with bench.tools.blobs.as_file(asset.original.key) as original:
        assert base64.b64decode(told["source"]["base64"]) == original.read_bytes()
    assert headers["webhook-id"] == again["webhook-id"]


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [(200, b"no picture", "none of JPEG"), (200, png((30, 20))[:60], "cut: "), (404, b"", "status 404")],
)
def test_an_answer_that_is_no_picture_is_refused_and_the_other_renditions_are_made(
    bench: Bench, status: int, body: bytes, reason: str
) -> None:
    asset = bench.asset(ball())
    with listening((status,), body=body) as listener:
        url = listener.url("/cut")
        with bench.tools.database.write() as tx:
            set_worker_secret(tx, bench.company, url, SECRET)
        profile = ProcessingProfile(renditions=(Rendition(name="web", format="jpeg"),), workers=asking(url).workers)
        result = bench.run(named_renditions.STAGE, asset, profile)

    assert result.outcome is StageOutcome.WARNED
    assert reason in str(result.words)
    assert list(renditions(bench, asset.id)) == ["web"]


def test_a_service_without_a_secret_is_not_asked(bench: Bench) -> None:
    with listening() as listener, pytest.raises(Permanent, match="set-rendition-worker"):
        bench.run(named_renditions.STAGE, bench.asset(ball()), asking(listener.url("/unknown")))

    assert listener.is_silent
