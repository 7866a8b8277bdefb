"""What the simulator's tests speak with: the AX API as partner or as one company, and a place for webhooks."""

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.sandbox import Sandbox

BIDS = {
    "FI": ("0112038-9", "2000005-9", "2000006-7", "2000009-1"),
    "SE": ("5560125790", "5565475489"),
    "NO": ("923609016", "974760673"),
    "DK": ("24256790", "22756214"),
    "NL": ("12345678", "87654320"),
    "DE": ("DE136695976",),
    "EE": ("12345678",),
}


class Ax:
    """The AX API; `company` and `key` say for whom, the partner by default."""

    def __init__(
        self, simulator: Sandbox, company: str = "", key: str = "", scope: str = "eui partner:lookups"
    ) -> None:
        self.simulator, self.company, self.key, self.scope = simulator, company, key, scope
        self.url = simulator.credentials["ax_url"]
        self.http = requests.Session()
        self._token = ""

    def as_company(self, company: str, key: str = "") -> "Ax":
        return Ax(self.simulator, company, key, "eui")

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call with a token; redirects are not followed."""
        self._token = self._token or self.simulator.token(self.scope, self.company, self.key)
        headers = {"Authorization": f"Bearer {self._token}"} | options.pop("headers", {})
        return self.http.request(method, self.url + path, headers=headers, timeout=20, allow_redirects=False, **options)

    def get(self, path: str, **options: Any) -> Any:
        """The JSON of a successful GET."""
        answer = self.call("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, expected: int | None = None) -> Any:
        answer = self.call("POST", path, json=body)
        assert answer.ok if expected is None else answer.status_code == expected, answer.text
        return answer.json() if answer.content else None

    def register_raw(self, country: str = "FI", bid: str = "", **fields: Any) -> requests.Response:
        """POST /v1/companies without a token, as multipart."""
        keys = self.simulator.credentials
        form = {
            "vendor_api_key": keys["vendor_api_key"],
            "user_api_key": keys["user_api_key"],
            "name": f"Company of {country}",
            "bid": bid or BIDS.get(country, ("1",))[0],
            "no_vat": "true",
            "address1": "Street 1",
            "post_code": "00100",
            "post_office": "Town",
            "city": "Town",
            "country": country,
            "email": "office@example.test",
        } | fields
        parts = {name: (None, str(value)) for name, value in form.items() if value is not None}
        return self.http.post(f"{self.url}/v1/companies", files=parts, timeout=20)

    def register(self, country: str = "FI", bid: str = "", **fields: Any) -> str:
        """A new, unverified company; its id."""
        answer = self.register_raw(country, bid, **fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def verified(self, country: str = "FI", bid: str = "") -> "Ax":
        """The client of a new company that is verified by the partner's own process."""
        company = self.as_company(self.register(country, bid))
        company.post(
            "/v1/company/authorization",
            {"auth_email": "boss@example.test", "locale": "EN", "options": '{"authorization_method": "own"}'},
        )
        return company

    def on_network(self, network: str, **fields: Any) -> dict[str, Any]:
        """Register on a network and wait until that is settled."""
        profile: dict[str, Any] = self.post("/v1/company/profiles", {"network": network} | fields, expected=201)
        self.until(lambda: self.get(f"/v1/company/profiles/{profile['id']}")["status"] != "pending")
        settled: dict[str, Any] = self.get(f"/v1/company/profiles/{profile['id']}")
        return settled

    @staticmethod
    def until(holds: Any, seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "did not come true"
            time.sleep(0.02)


def refusal(answer: requests.Response) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json()["code"]


@dataclass
class Inbox:
    """Webhooks that arrived; `status` is what they are answered with."""

    url: str = ""
    status: int = 204
    posts: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        with self._changed:
            self.posts.append((path, headers, json.loads(body)))
            self._changed.notify_all()
        return self.status

    @property
    def events(self) -> list[str]:
        return [body["event"] for _, _, body in self.posts]

    def wait_for(self, count: int, seconds: float = 30.0) -> list[dict[str, Any]]:
        """The bodies, once that many have come."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.posts) >= count, seconds)
        assert came, f"{len(self.posts)} of {count} came: {self.events}"
        return [body for _, _, body in self.posts]
