"""Renditions of profiles and image formats: kept as one another, followed when they change, refused when they clash."""

import pytest

from jobs.profiles.definitions import ProcessingProfile, ProfileError, ProfileKind, Rendition
from jobs.profiles.formats import commands_of, follow_formats, renditions_of
from jobs.profiles.library import change_profile, create_profile
from store.engine import Database, Tx
from store.image_formats import ImageFormat, add_format, delete_format, find_format, find_formats, save_format
from store.profiles import StoredProfile, find_profiles, load_profile
from tests.store.rows import own_tenant

AUTHOR = "lab@example.com"
WEB = Rendition(name="Web", format="webp", width=800, height=600)


def keep(tx: Tx, company: int, name: str, *renditions: Rendition) -> StoredProfile:
    definition = ProcessingProfile(renditions=renditions)
    return create_profile(tx, company, (ProfileKind.PROCESSING, name), definition, AUTHOR)


def change(tx: Tx, profile: StoredProfile, *renditions: Rendition) -> StoredProfile:
    return change_profile(tx, profile, ProcessingProfile(renditions=renditions), AUTHOR)


def told(tx: Tx, company: int) -> dict[str, str]:
    return {each.name: each.url_modifier for each in find_formats(tx, company)}


def versions(tx: Tx, company: int) -> dict[str, int]:
    return {each.name: each.version for each in find_profiles(tx, company)}


def alter(tx: Tx, company: int, name: str, commands: str, new_name: str = "") -> None:
    """Change a format as saveImageFormat does."""
    found = find_format(tx, company, name)
    assert found is not None
    save_format(tx, ImageFormat(id=found.id, name=new_name or found.name, url_modifier=commands))
    follow_formats(tx, company, AUTHOR, {name.casefold(): new_name or found.name})


def test_a_rendition_is_kept_as_an_image_format(common_database: Database) -> None:
    company = own_tenant(common_database)
    whole = Rendition(name="Whole", format="png", image_format="all-of-it")

    with common_database.write() as tx:
        keep(tx, company, "p", WEB, whole)

        assert told(tx, company) == {
            "all-of-it": "fmt=png-alpha&scl=1",
            "Web": "fmt=webp-alpha&wid=800&hei=600&fit=constrain&qlt=85",
        }


def test_a_profiles_own_change_is_its_formats_change(common_database: Database) -> None:
    company = own_tenant(common_database)
    with common_database.write() as tx:
        profile = keep(tx, company, "p", WEB)

        changed = change(tx, profile, Rendition(name="Web", format="jpeg", width=50))

        assert (changed.version, told(tx, company)) == (2, {"Web": "fmt=jpeg&wid=50&fit=constrain&qlt=85"})


def test_an_unchanged_profile_gets_no_version(common_database: Database) -> None:
    company = own_tenant(common_database)
    with common_database.write() as tx:
        add_format(tx, company, "theirs", "wid=5&cropn=0,0,.5,.5")
        profile = keep(tx, company, "p", WEB, Rendition(name="r", image_format="theirs"))

        assert change(tx, profile, *renditions_of(profile)).version == 1
        assert change(tx, profile, WEB, Rendition(name="r", image_format="Theirs")).version == 1


def test_a_profile_follows_the_format_that_it_names(common_database: Database) -> None:
    company = own_tenant(common_database)
    with common_database.write() as tx:
        add_format(tx, company, "Small", "wid=100&$Base$")
        add_format(tx, company, "base", "qlt=750&fmt=jpeg")
        profile = keep(tx, company, "p", Rendition(name="r", image_format="small"))

        alter(tx, company, "base", "fmt=png", "Base")
        alter(tx, company, "small", "wid=90&$Base$", "Smaller")

        now = load_profile(tx, company, profile.id)
        assert now is not None
        assert [commands_of(each) for each in renditions_of(profile)] == ["wid=100&qlt=750&fmt=jpeg"]
        assert renditions_of(now) == (Rendition(name="r", image_format="Smaller", commands="wid=90&fmt=png"),)
        assert now.version == 3


def test_a_format_of_a_profile_that_others_change_is_the_profiles_no_more(common_database: Database) -> None:
    company = own_tenant(common_database)
    with common_database.write() as tx:
        profile = keep(tx, company, "p", WEB)
        alter(tx, company, "Web", "wid=7")
        now = load_profile(tx, company, profile.id)
        assert now is not None

        assert renditions_of(now) == (Rendition(name="Web", image_format="Web", commands="wid=7"),)
        with pytest.raises(ProfileError, match="there is an image format Web that says wid=7"):
            change(tx, now, WEB)


def test_two_renditions_of_one_profile_are_no_one_format_in_two_ways(common_database: Database) -> None:
    company = own_tenant(common_database)
    other = Rendition(name="other", image_format="Web", format="gif")
    with common_database.write() as tx:
        profile = keep(tx, company, "p", WEB)

        with pytest.raises(ProfileError, match="of other: there is an image format Web that says"):
            change(tx, profile, WEB, other)


def test_two_profiles_share_a_format_until_one_would_change_it(common_database: Database) -> None:
    company = own_tenant(common_database)
    with common_database.write() as tx:
        profile = keep(tx, company, "first", WEB)
        keep(tx, company, "second", WEB)

        with pytest.raises(ProfileError, match="name another image_format"):
            change(tx, profile, Rendition(name="Web", format="gif"))
        assert versions(tx, company) == {"first": 1, "second": 1}


def test_a_format_that_a_profile_uses_is_not_lost(common_database: Database) -> None:
    company = own_tenant(common_database)
    with common_database.write() as tx:
        keep(tx, company, "Campaign", WEB)
        found = find_format(tx, company, "web")
        assert found is not None
        delete_format(tx, found.id)

        with pytest.raises(ProfileError, match="profile Campaign uses it: its rendition Web is made with Web"):
            follow_formats(tx, company, AUTHOR)


def test_a_format_that_a_rendition_cannot_follow_is_refused_by_name(common_database: Database) -> None:
    company = own_tenant(common_database)
    with common_database.write() as tx:
        add_format(tx, company, "odd", "layer=1&wid=5")

        with pytest.raises(ProfileError, match=r"image_format: odd cannot make a rendition: .*layer= is not"):
            keep(tx, company, "p", Rendition(name="r", image_format="odd"))


@pytest.mark.parametrize(
    ("rendition", "problem"),
    [
        (Rendition(name="r"), "format: .*name an image_format"),
        (Rendition(name="r", image_format="none"), "image_format: there is no none; the company has plain"),
        (Rendition(name="r", image_format="plain", width=5), "width, height, quality: .*leave them out"),
        (Rendition(name="r", image_format="plain", commands="wid=6"), "commands: .*plain says wid=5"),
        (Rendition(name="r", format="gif", commands="wid=6"), "commands: .*leave them out"),
        (Rendition(name="plain", format="gif"), "image_format: .*there is an image format plain that says wid=5"),
        (Rendition(name="a&b", format="gif"), "image_format: .*none of"),
    ],
)
def test_a_rendition_that_says_two_things_is_refused(
    common_database: Database, rendition: Rendition, problem: str
) -> None:
    company = own_tenant(common_database)
    with common_database.write() as tx:
        add_format(tx, company, "plain", "wid=5")

        with pytest.raises(ProfileError, match=problem):
            keep(tx, company, "p", rendition)


def test_formats_of_another_company_are_not_there(common_database: Database) -> None:
    company, other = own_tenant(common_database), own_tenant(common_database)
    with common_database.write() as tx:
        add_format(tx, other, "theirs", "wid=5")

        with pytest.raises(ProfileError, match="there is no theirs; the company has none yet"):
            keep(tx, company, "p", Rendition(name="r", image_format="theirs"))
