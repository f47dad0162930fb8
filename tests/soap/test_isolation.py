"""The wall between companies and the table of roles, over every operation that is built and every handle it takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from lxml import etree

from domain.handles import active_job_handle
from domain.metadata import Field
from server.operations.registry import implementations
from store.companies import find_contexts
from store.engine import Database
from store.folders import ensure_folder
from store.image_formats import add_format
from store.metadata_fields import add_field
from store.projects import add_project
from store.property_sets import SET_SCRIPT, Owner, add_set, add_type, find_types
from store.users import find_user
from tests.running_server import PASSWORD, RunningServer, add_account
from tests.soap.grammar import FieldPath, handle_fields, minimal
from tests.soap_call import Answer, call
from tests.store.rows import new_job, stored_asset
from wsdl.declare import wire_fields
from wsdl.roles import Role, roles_allowed

INSIDER, OUTSIDER = "insider@example.com", "outsider@example.com"
BUILT = {name: found.operation for name, found in implementations().items()}
OF_A_COMPANY = sorted(
    name
    for name, operation in BUILT.items()
    if any(field.wire_name == "companyHandle" for field in wire_fields(operation.param))
)
HANDLES = [(name, path) for name in sorted(BUILT) for path in handle_fields(BUILT[name])]
KINDS = (
    *("asset", "folder", "project", "job", "context", "user"),
    *("invalidation", "type", "set", "owner", "field", "imageFormat"),
)
ALSO = {
    "getAutoCropRect": "autoColorCropOptions",
    "submitJob userHandle": "imageServingPublishJob",
    "uploadUrlsJob": "uploadUrlsJob/urlArray",
    "automatedSetGenerationJob": "automatedSetGenerationJob/autoSetCreationOptions/autoSetsArray",
}
"""The optional field without which an operation or a job does not look at its handles."""
SILENT = {
    ("getAssets", "assetHandleArray"),
    ("getActiveJobs", "jobHandle"),
    ("getScheduledJobs", "jobHandle"),
    ("submitJob", "reprocessAssetsJob/assetHandleArray"),
    ("submitJob", "ripPdfsJob/pdfHandleArray"),
    ("submitJob", "exportJob/assetHandleArray"),
    ("submitJob", "automatedSetGenerationJob/assetHandleArray"),
}
"""Where an unknown handle is no fault: the asset or job is absent from the answer, or fails in the job's log."""
NUMBER = 999_999_999


UNKNOWN = {
    "asset": f"a|{NUMBER}",
    "folder": "f|NoSuchCo/nothing/",
    "project": f"p|{NUMBER}|OutsideCo",
    "job": f"j|{NUMBER}||nothing|{NUMBER}",
    "context": f"pc|{NUMBER}",
    "user": f"u|{NUMBER}|nobody@example.com",
    "invalidation": f"{NUMBER}|1700000000000",
    "type": f"pt|{NUMBER}",
    "set": f"ps|{NUMBER}",
    "owner": f"c|{NUMBER}",
    "field": f"m|{NUMBER}|ASSET|OutsideCo",
    "imageFormat": f"if|{NUMBER}|{NUMBER}",
}


@dataclass(frozen=True, slots=True)
class Things:
    """A company's number, and the handle of one thing in it by its kind."""

    company: int
    handles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two companies: that of the user INSIDER, and one that this user must not see."""

    inside: Things
    outside: Things


@dataclass(frozen=True, slots=True)
class Ranks:
    """A server with a company that has a user of each role."""

    server: RunningServer
    company: str
    is_strict: bool


@pytest.fixture(scope="module")
def neighbours(server: RunningServer) -> Neighbours:
    """Two companies with one thing of each kind in either."""
    database = server.database
    inside, outside = furnished(database, "InsideCo", INSIDER), furnished(database, "OutsideCo", OUTSIDER)
    database.close()
    return Neighbours(inside, outside)


def furnished(database: Database, name: str, email: str) -> Things:
    """Add a company with a user and one thing of each kind."""
    company = add_account(database, name, email)
    folder = f"{name}/{name.lower()}/"
    asset = stored_asset(database, company, name.lower(), folder=folder)
    with database.write() as tx:
        ensure_folder(tx, company, folder)
        job = new_job(tx, company, name)
        add_project(tx, company, name)
        kind = add_type(tx, company_id=company, name="Own", property_type="CompanyProperty", allow_multiple=True)
        scripts = next(each for each in find_types(tx, None) if each.name == SET_SCRIPT)
        script = add_set(tx, scripts.id, Owner(company_id=company), {"match": "(.*)"})
        add_field(tx, Field(id=0, company_id=company, asset_type="Asset", name=name, type="MultiTag"))
        preset = add_format(tx, company, name, "wid=100")
        (context, *_) = find_contexts(tx, company)
        user = find_user(tx, email)
        assert user is not None
    return Things(
        company,
        {
            "asset": f"a|{asset}",
            "folder": f"f|{folder}",
            "project": f"p|{company}|{name}",
            "job": active_job_handle(company, job.unique_name, job.id),
            "context": f"pc|{context.id}",
            "user": f"u|{user.id}|{email}",
            "invalidation": f"{company}|1700000000000",
            "type": f"pt|{kind}",
            "set": f"ps|{script}",
            "owner": f"c|{company}",
            "field": f"m|{company}|ASSET|{name}",
            "imageFormat": f"if|{company}|{preset}",
        },
    )


def kind_of(path: FieldPath) -> str:
    """Return the kind of thing that a field names; profiles, stylesheets and PDFs are assets."""
    name = path.name.lower()
    return next((kind for kind in KINDS if f"{kind}handle".lower() in name), "user" if "group" in name else "asset")


def ask(server: RunningServer, things: Things, operation: str, path: FieldPath, handle: str) -> Answer:
    """Call the operation in the insider's company, with its own things but for ``handle`` in the field at ``path``."""
    own = {f"{kind}Handle{many}": things.handles[kind] for kind in KINDS for many in ("", "Array")}
    own |= {"companyHandle": f"c|{things.company}", "autoSetsArray": things.handles["set"]}
    values = own | {"jobName": "isolation", str(path): handle}
    also = [ALSO[word] for word in (operation, path.steps[0], f"{operation} {path}") if word in ALSO]
    content = minimal(BUILT[operation], values, str(path), *also)
    return call(server, operation, content, INSIDER)


def text(answer: Answer, handle: str) -> str:
    """Return the answer's XML with a word in the place of ``handle``."""
    return etree.tostring(answer.body, encoding="unicode").replace(handle, "THE-HANDLE")


def forgeries(neighbours: Neighbours, kind: str) -> list[str]:
    """Return handles of the outsider's thing: the right one, and one that claims the insider's company."""
    real = neighbours.outside.handles[kind]
    claimed = real.replace(f"|{neighbours.outside.company}|", f"|{neighbours.inside.company}|", 1)
    return list(dict.fromkeys((real, claimed))) if kind in ("job", "project", "field", "imageFormat") else [real]


@pytest.mark.parametrize("operation", OF_A_COMPANY)
def test_an_unknown_and_a_foreign_company_are_the_same_fault_everywhere(
    server: RunningServer, neighbours: Neighbours, operation: str
) -> None:
    handles = f"c|{NUMBER}", f"c|{neighbours.outside.company}"
    contents = [minimal(BUILT[operation], {"companyHandle": handle}, "companyHandle") for handle in handles]
    unknown, foreign = (call(server, operation, content, INSIDER) for content in contents)

    assert unknown.fault[:2] == ("authorizationFault", 20000)
    assert text(unknown, handles[0]) == text(foreign, handles[1])
    assert unknown.reply.status_code == foreign.reply.status_code


@pytest.mark.parametrize(("operation", "path"), HANDLES, ids=str)
def test_a_foreign_thing_is_answered_like_an_unknown_one(
    server: RunningServer, neighbours: Neighbours, operation: str, path: FieldPath
) -> None:
    kind = kind_of(path)
    unknown = ask(server, neighbours.inside, operation, path, UNKNOWN[kind])
    expected = text(unknown, UNKNOWN[kind])

    for handle in forgeries(neighbours, kind):
        assert text(ask(server, neighbours.inside, operation, path, handle), handle) == expected

    is_told = "THE-HANDLE" in expected or "is not supported" in expected
    assert is_told is ((operation, str(path)) not in SILENT), expected


@pytest.fixture(scope="module", params=[False, True], ids=["filled", "strict"])
def ranks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ranks]:
    """A server with a user of each role, which fills the gaps of the documented table or takes it to the letter."""
    strict = bool(request.param)
    running = RunningServer(tmp_path_factory.mktemp("ranks") / "data", {"strict_roles": str(strict).lower()})
    database = running.database
    for role in Role:
        company = add_account(database, "RankCo", f"{role}@example.com", role=role, is_admin=role is Role.IPS_ADMIN)
    database.close()
    yield Ranks(running.start(), f"c|{company}", is_strict=strict)
    running.stop()


@pytest.mark.parametrize("role", Role, ids=str)
def test_a_role_may_call_what_the_table_says_and_nothing_else(ranks: Ranks, role: Role) -> None:
    user = f"{role}@example.com"
    values = {"companyHandle": ranks.company, "email": user, "password": PASSWORD}
    refused = {
        name
        for name, operation in BUILT.items()
        if is_refused(call(ranks.server, name, minimal(operation, values), user), name)
    }

    may_call = {name for name, op in BUILT.items() if role in roles_allowed(op, strict=ranks.is_strict)}
    assert refused == set(BUILT) - may_call


def is_refused(answer: Answer, operation: str) -> bool:
    """Tell whether the answer is the fault of a role that may not call the operation."""
    if not answer.is_fault or answer.fault[1] != 20003:
        return False
    return answer.fault == (
        "authorizationFault",
        20003,
        f"User does not have permission to access operation '{operation}'",
    )
