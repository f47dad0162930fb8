"""Marks for publish: of one asset or many, in every publish context or in some, and what publishes make of them."""

import pytest

from tests.jobs.flow import Client, publish, reprocess
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN, asset_field, counts, handles, names_found, own_company, problems

MARKED, UNMARKED = "MarkedForPublish", "NotMarkedForPublish"
NO_CONTEXT = "<contextHandleArray><items>pc|999999</items></contextHandleArray>"
CONTEXTS = ["ImageRendering", "ImageServing", "ServerDirectory", "Video"]


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def contexts(client: Client) -> dict[str, str]:
    """The handles of the company's publish contexts, by name."""
    answer = client.call("getPublishContexts")
    names, found = (answer.texts(f"publishContextArray/items/context{field}") for field in ("Name", "Handle"))
    return dict(zip(names, found, strict=True))


def marked_in(client: Client, asset: str) -> list[str]:
    """The names of the publish contexts in which an asset is marked."""
    answer = client.call("batchGetAssetPublishContexts", handles(asset))
    return answer.texts("assetPublishContextsArray/items/publishContextArray/items/contextName")


def mark(client: Client, asset: str, state: str, *context_handles: str) -> None:
    """Mark or unmark an asset in some contexts, or in all when none is named."""
    items = "".join(f"<items>{handle}</items>" for handle in context_handles)
    chosen = f"<contextHandleArray>{items}</contextHandleArray>" if items else ""
    content = f"<assetHandle>{asset}</assetHandle><publishState>{state}</publishState>{chosen}"
    answer = client.call("setAssetPublishState", content)
    assert not answer.is_fault, answer.fault


def context_update(asset: str, *updates: tuple[str, str]) -> str:
    """One item of setAssetsContextState: an asset, and pairs of a context and the mark in it."""
    items = "".join(
        f"<items><contextHandle>{context}</contextHandle><publishState>{state}</publishState></items>"
        for context, state in updates
    )
    return (
        f"<items><assetHandle>{asset}</assetHandle><contextStateUpdateArray>{items}</contextStateUpdateArray></items>"
    )


def set_context_states(client: Client, *updates: str) -> tuple[int, int, int]:
    """Set marks context by context and return the counts."""
    array = f"<assetsContextStateUpdateArray>{''.join(updates)}</assetsContextStateUpdateArray>"
    return counts(client.call("setAssetsContextState", array))


@pytest.mark.covers("getPublishContexts")
@pytest.mark.parametrize(("wanted", "names"), [("", CONTEXTS), ("<contextType>Video</contextType>", ["Video"])])
def test_a_company_has_one_publish_context_of_each_type(own: Client, wanted: str, names: list[str]) -> None:
    answer = own.call("getPublishContexts", wanted)

    assert answer.texts("publishContextArray/items/contextName") == names
    assert answer.texts("publishContextArray/items/contextType") == names


def test_an_unknown_type_of_context_is_refused_by_name(own: Client) -> None:
    answer = own.call("getPublishContexts", "<contextType>Paper</contextType>")

    assert answer.fault[1] == 30001
    assert answer.fault[2].startswith("contextType: Paper is not one of ")


@pytest.mark.covers("setAssetPublishState", "batchGetAssetPublishContexts")
def test_an_asset_is_marked_in_every_context_when_none_is_named(own: Client) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]

    mark(own, asset, MARKED)

    assert marked_in(own, asset) == CONTEXTS
    assert asset_field(own, asset, "readyForPublish") == "true"


def test_an_asset_is_marked_in_the_named_contexts_alone(own: Client) -> None:
    asset, known = own.upload({"a.svg": SVG})["a.svg"], contexts(own)

    mark(own, asset, MARKED, known["Video"], known["ImageServing"], known["Video"])

    assert marked_in(own, asset) == ["ImageServing", "Video"]


def test_unmarking_in_all_contexts_forgets_the_marks_in_single_ones(own: Client) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]
    mark(own, asset, MARKED, contexts(own)["Video"])

    mark(own, asset, UNMARKED)

    assert marked_in(own, asset) == []


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("<assetHandle>ASSET</assetHandle><publishState>Marked</publishState>", "publishState"),
        (f"<assetHandle>{UNKNOWN}</assetHandle><publishState>{MARKED}</publishState>", "assetHandle"),
        (
            f"<assetHandle>ASSET</assetHandle><publishState>{MARKED}</publishState>{NO_CONTEXT}",
            "contextHandle",
        ),
    ],
)
def test_a_mark_that_cannot_be_set_is_a_fault_that_names_the_field(own: Client, content: str, field: str) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]

    answer = own.call("setAssetPublishState", content.replace("ASSET", asset))

    assert answer.fault[1] == 30001
    assert answer.fault[2].startswith(f"{field}: ")
    assert marked_in(own, asset) == []


def test_a_foreign_context_is_an_unknown_one(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    asset, foreign = lab.upload({"a.svg": SVG})["a.svg"], contexts(other)["Video"]
    start = f"<assetHandle>{asset}</assetHandle><publishState>{MARKED}</publishState><contextHandleArray><items>"

    faults = [
        lab.call("setAssetPublishState", f"{start}{context}</items></contextHandleArray>").fault
        for context in (foreign, "pc|999999")
    ]

    assert faults[0][2] == faults[1][2].replace("pc|999999", foreign)


@pytest.mark.covers("setAssetsPublishState")
def test_many_assets_are_marked_and_what_fails_is_told_by_handle(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    made = lab.upload({"a.svg": SVG, "b.svg": SVG, "c.svg": SVG}, {"readyForPublish": "true"})
    foreign = other.upload({"theirs.svg": SVG})["theirs.svg"]
    states = {made["a.svg"]: UNMARKED, made["b.svg"]: MARKED, made["c.svg"]: "Maybe", UNKNOWN: MARKED, foreign: MARKED}
    items = "".join(
        f"<items><assetHandle>{asset}</assetHandle><publishState>{state}</publishState></items>"
        for asset, state in states.items()
    )

    answer = lab.call("setAssetsPublishState", f"<publishStateUpdateArray>{items}</publishStateUpdateArray>")

    assert counts(answer) == (2, 0, 3)
    bad, unknown, theirs = problems(answer)
    assert [(p.handle, p.code) for p in (bad, unknown, theirs)] == [
        (made["c.svg"], 30001),
        (UNKNOWN, 30001),
        (foreign, 30001),
    ]
    assert unknown.reason.replace(UNKNOWN, foreign) == theirs.reason
    assert names_found(lab, f"<publishState>{MARKED}</publishState>") == {"b", "c"}


@pytest.mark.covers("setAssetsContextState")
def test_marks_set_context_by_context_are_counted_one_by_one(own: Client) -> None:
    made, known = own.upload({"a.svg": SVG, "b.svg": SVG}), contexts(own)

    answered = set_context_states(
        own,
        context_update(made["a.svg"], (known["Video"], MARKED), (known["ImageServing"], MARKED)),
        context_update(made["b.svg"], (known["Video"], MARKED), ("pc|999999", MARKED)),
        context_update(UNKNOWN, (known["Video"], MARKED)),
    )

    assert answered == (3, 0, 2)
    assert marked_in(own, made["a.svg"]) == ["ImageServing", "Video"]
    assert marked_in(own, made["b.svg"]) == ["Video"]


@pytest.mark.covers("searchAssets")
@pytest.mark.parametrize(("state", "found"), [(MARKED, {"yes"}), (UNMARKED, {"no"})])
def test_a_search_finds_assets_by_their_mark(own: Client, state: str, found: set[str]) -> None:
    made = own.upload({"yes.svg": SVG, "no.svg": SVG})
    mark(own, made["yes.svg"], MARKED)

    names = names_found(own, f"<publishState>{state}</publishState>")

    assert names == found


def test_a_publish_shows_what_is_marked_in_its_context(own: Client) -> None:
    made, known = own.upload({"shown.png": small_png(1), "hidden.png": small_png(2)}), contexts(own)
    mark(own, made["shown.png"], MARKED, known["ImageServing"])
    mark(own, made["hidden.png"], MARKED, known["Video"])

    own.publish()

    assert [own.fetch(name).status_code for name in ("shown", "hidden")] == [200, 403]


def test_a_publish_withdraws_what_is_no_longer_marked_in_its_context(own: Client) -> None:
    asset = own.upload({"a.png": small_png()}, {"readyForPublish": "true"})["a.png"]
    own.publish()
    before = own.fetch("a").status_code
    mark(own, asset, UNMARKED, contexts(own)["ImageServing"])

    own.publish("Incremental")

    assert (before, own.fetch("a").status_code) == (200, 403)


@pytest.mark.covers("imageServingPublishJob.contextHandle")
def test_a_publish_takes_the_context_that_it_names_if_it_is_one_for_image_serving(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    known = contexts(lab)
    jobs = {
        name: publish().replace("</imageS", f"<contextHandle>{context}</contextHandle></imageS")
        for name, context in (known | {"foreign": contexts(other)["ImageServing"]}).items()
    }

    refused = {name for name, job in jobs.items() if lab.submit(job).is_fault}

    assert refused == {"foreign", *CONTEXTS} - {"ImageServing"}


@pytest.mark.covers("reprocessAssetsJob.readyForPublish")
@pytest.mark.parametrize(
    ("fields", "marked"),
    [
        ({"readyForPublish": "false"}, []),
        ({"readyForPublish": "true"}, CONTEXTS),
        ({}, ["Video"]),
        ({"readyForPublish": "true", "preservePublishState": "true"}, ["Video"]),
    ],
)
def test_a_reprocess_sets_the_mark_in_every_context_or_leaves_all(
    own: Client, fields: dict[str, str], marked: list[str]
) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]
    mark(own, asset, MARKED, contexts(own)["Video"])

    own.run(reprocess([asset], **fields))

    assert marked_in(own, asset) == marked


@pytest.mark.covers("uploadPostJob.readyForPublish", "uploadPostJob.preservePublishState")
@pytest.mark.parametrize(
    ("options", "marked"),
    [
        ({"readyForPublish": "false"}, []),
        ({"readyForPublish": "true"}, CONTEXTS),
        ({"readyForPublish": "true", "preservePublishState": "true"}, ["Video"]),
    ],
)
def test_an_upload_over_an_asset_sets_the_mark_in_every_context_or_leaves_all(
    own: Client, options: dict[str, str], marked: list[str]
) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]
    mark(own, asset, MARKED, contexts(own)["Video"])

    own.upload({"a.svg": SVG}, options)

    assert marked_in(own, asset) == marked
