"""Asks the API as a program does, as any user."""

import base64
from dataclasses import dataclass, replace
from typing import Any

from flask.testing import FlaskClient

from domain.states import TaskState
from store.engine import Database
from tests.running_server import PASSWORD
from tests.store.orders import settle_next


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API answered."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def fields(self) -> list[str]:
        """The fields that a refusal names."""
        return [each["field"] for each in self.body["errors"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The API of one company, as one user asks it."""

    client: FlaskClient
    database: Database
    company: int
    user: str = "admin@example.com"
    password: str = PASSWORD
    root: str = "ApiCo"

    def by(self, user: str, **changes: Any) -> "Api":
        """Return the same API as asked by another user."""
        return replace(self, user=user, **changes)

    def get(self, path: str, **query: Any) -> Reply:
        """Ask for something."""
        return self.send("GET", path, query_string=query)

    def post(self, path: str, **body: Any) -> Reply:
        """Have something done."""
        return self.send("POST", path, json=body)

    def send(self, method: str, path: str, language: str = "", **options: Any) -> Reply:
        """Send a request below the company."""
        credentials = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}"} if self.user else {}
        headers |= {"Accept-Language": language} if language else {}
        url = f"/api/v1/companies/{self.root}/{path}"
        answer = self.client.open(url, method=method, headers=headers, **options)
        is_json = (answer.mimetype or "").endswith("json")
        return Reply(answer.status_code, answer.get_json() if is_json else answer.text, dict(answer.headers))

    def started(self, folder: str, **body: Any) -> int:
        """Return the number of a new run over a folder."""
        answer = self.post("executions", criteria={"folders": folder}, choices=["previews"], **body)
        assert answer.status == 201, answer
        return int(answer.body["id"])

    def ended(self, folder: str, *ends: TaskState) -> int:
        """Return the number of a run over a folder that has ended, its items in these ways."""
        number = self.started(folder)
        for end in ends:
            settle_next(self.database, number, end)
        return number
