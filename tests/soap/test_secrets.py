"""No password, right or wrong, is found anywhere afterwards: not in logs, answers, the database or any file."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from store import tables as t
from tests.conftest import LAB_COMPANY
from tests.running_server import RunningServer, add_account
from tests.server import upload_call as up
from tests.server.command import run
from tests.soap_call import ENDPOINT, SOAP_11, SOAP_12, auth, envelope, param
from tests.store.postgres import own_schema
from wsdl.versions import BASE_NAMESPACE, WSDL_NAMESPACE

USER, ADDED = "lab@example.com", "added@example.com"
RIGHT, WRONG, TOKEN = "s3cret-right-Pw", "s3cret-wrong-Pw", "s3cret-token-Pw"
BASIC = [base64.b64encode(f"{USER}:{word}".encode()).decode() for word in (RIGHT, WRONG)]
SECRETS = [word.encode() for word in (RIGHT, WRONG, TOKEN, *BASIC)]
QUESTION = param("getCompanyInfo", "<companyName>LabCo</companyName>")
COMPANY = "<companyHandle>c|110</companyHandle>"


@dataclass(frozen=True, slots=True)
class Used:
    """A server at which passwords have been used in every way, and all that it answered."""

    server: RunningServer
    answers: list[bytes] = field(default_factory=list)

    def rows(self) -> bytes:
        """Every value in every table."""
        database = self.server.database
        with database.read() as tx:
            rows = [row for table in t.metadata.sorted_tables for row in tx.execute(table.select())]
        database.close()
        assert rows
        return repr([tuple(row) for row in rows]).encode()

    def files(self) -> dict[Path, bytes]:
        """What is in every file that the server has written, its log among them."""
        return {path: path.read_bytes() for path in self.server.data.parent.rglob("*") if path.is_file()}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def used(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Used]:
    data = tmp_path_factory.mktemp("secrets") / "data"
    if request.param == "sqlite":
        yield from use(RunningServer(data, {"log_level": "debug"}))
    else:
        with own_schema(request.getfixturevalue("postgres_url")) as url:
            yield from use(RunningServer(data, {"log_level": "debug", "database_url": url}))


def use(server: RunningServer) -> Iterator[Used]:
    """Run the server, and use right and wrong passwords in every request that can hold one."""
    database = server.database
    add_account(database, "LabCo", USER, company_id=LAB_COMPANY, password=RIGHT)
    add_account(database, "LabCo", "root@example.com", is_admin=True, password=RIGHT)
    database.close()
    run("add-user", ADDED, "--company", "LabCo", data=server.data, stdin=f"{RIGHT}\n", **server.settings)
    run("set-password", ADDED, data=server.data, stdin=f"{RIGHT}\n", **server.settings)
    used = Used(server.start())
    for word in (RIGHT, WRONG):
        used.answers.extend(in_soap(server, word))
        used.answers.extend(in_uploads(server, word))
    yield used
    server.stop()


def in_soap(server: RunningServer, word: str) -> Iterator[bytes]:
    """Yield the answers to requests that hold the password in their headers or parameters."""
    legacy = (
        f'<AuthUser xmlns="{WSDL_NAMESPACE}">{USER}</AuthUser>'
        f'<AuthPassword xmlns="{WSDL_NAMESPACE}">{word}</AuthPassword>'
    )
    token = f'<authHeader xmlns="{BASE_NAMESPACE}"><accessToken>{TOKEN}</accessToken></authHeader>'
    header = auth(USER, word)
    odd = f"<reprocessAssetsJob><assetHandleArray/><password>{word}</password></reprocessAssetsJob>"
    job = f"{COMPANY}<jobName>odd</jobName>{odd}"
    unbuilt = (
        f"{COMPANY}<firstName>A</firstName><lastName>B</lastName><email>{ADDED}</email><password>{word}</password>"
    )
    documents = [
        *(envelope(QUESTION, header, soap) for soap in (SOAP_11, SOAP_12)),
        *(
            envelope(QUESTION, each)
            for each in (legacy, token, auth(USER, RIGHT, extra=f"<password>{word}</password>"))
        ),
        envelope(QUESTION, header).replace(b"</e:Body>", b"<broken"),
        envelope(param("makeCoffee"), header),
        envelope(param("getFolders", "<companyHandle>c|9</companyHandle>"), header),
        envelope(param("checkLogin", f"<email>{USER}</email><password>{word}</password>"), auth(USER, RIGHT)),
        envelope(param("checkLogin", f"<password>{word}</password>"), auth(USER, RIGHT)),
        envelope(param("submitJob", job), auth(USER, RIGHT)),
        envelope(param("addUser", unbuilt), auth("root@example.com", RIGHT)),
        envelope(param("setPassword", f"<oldPassword>{word}</oldPassword>{unbuilt}"), auth("root@example.com", RIGHT)),
    ]
    for document in documents:
        yield post(server, document, {})
    basic = base64.b64encode(f"{USER}:{word}".encode()).decode()
    yield post(server, envelope(QUESTION), {"Authorization": f"Basic {basic}"})


def in_uploads(server: RunningServer, word: str) -> Iterator[bytes]:
    """Yield the answers to uploads that hold the password in their auth part."""
    ways = [
        (up.auth_part(USER, password=word), up.params(*up.named(f"job-{word[7:12]}"))),
        (up.auth_part(USER, password=word), up.params()),
        (up.auth_part(USER, password=word), up.part("uploadParams", b"<broken")),
        (up.part("auth", auth(USER, word)[:-5].encode()), up.params(*up.named("broken"))),
        (up.auth_part(USER, password=RIGHT), up.part("password", word.encode()), up.params(*up.named("odd-part"))),
    ]
    for parts in ways:
        yield up.post(server, *parts).reply.content


def post(server: RunningServer, document: bytes, headers: dict[str, str]) -> bytes:
    reply = requests.post(
        server.url + ENDPOINT, document, headers={"Content-Type": "text/xml; charset=utf-8"} | headers, timeout=60
    )
    return repr(reply.headers).encode() + reply.content


@pytest.mark.parametrize("secret", SECRETS, ids=bytes.decode)
def test_no_answer_holds_a_password(used: Used, secret: bytes) -> None:
    assert len(used.answers) > 30
    assert [answer for answer in used.answers if secret in answer] == []


@pytest.mark.parametrize("secret", SECRETS, ids=bytes.decode)
def test_no_table_holds_a_password(used: Used, secret: bytes) -> None:
    rows = used.rows()
    assert ADDED.encode() in rows
    assert secret not in rows


@pytest.mark.parametrize("secret", SECRETS, ids=bytes.decode)
def test_no_file_holds_a_password(used: Used, secret: bytes) -> None:
    files = used.files()
    assert any(path.suffix == ".log" and b"wrong password" in content for path, content in files.items())
    assert [path for path, content in files.items() if secret in content] == []
