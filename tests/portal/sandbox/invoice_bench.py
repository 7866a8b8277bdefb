"""A simulated world to post invoices into, spoken to through its front door: routing, token, validation, answers."""

import asyncio
import json
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from portal.sandbox import assembly
from portal.sandbox.api import companies, profiles
from portal.sandbox.call import Answer
from portal.sandbox.networks.endpoints import derive
from portal.sandbox.validation import Request
from portal.sandbox.world import World
from tests.portal.sandbox.invoice_files import finvoice

BOUNDARY = "bench"


@dataclass(slots=True)
class Reply:
    """An answer as a client gets it."""

    status: int
    content: bytes
    content_type: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Bench:
    """The manual clock: nothing is delivered until `run` moves it."""

    def __init__(self) -> None:
        self.sandbox = assembly.assemble(pace="manual", check_answers=True)
        self.world: World = self.sandbox.world

    def close(self) -> None:
        self.sandbox.close()

    def company(self, bid: str, name: str, *, country: str = "FI", networks: tuple[str, ...] = ("VISMA",)) -> str:
        """A verified company with open networks; returns its id."""
        fields = {"bid": bid, "name": name, "country": country, "company_state": "VERIFIED", "auth_state": "SIGNED"}
        company_id = companies.insert(self.world, fields)
        vendor = self.world.db.execute("select key from vendor_keys").fetchone()["key"]
        user = self.world.db.execute("select id from users").fetchone()["id"]
        with self.world.write() as db:
            db.execute("insert into memberships (company_id, user_id, role, created_at) values (?, ?, 'ADMIN', '')",
                       (company_id, user))  # fmt: skip
            db.execute("insert into vendor_links (vendor_key, company_id) values (?, ?)", (vendor, company_id))
        for network in networks:
            self.open_network(company_id, network)
        return company_id

    def open_network(self, company_id: str, network: str, *, status: str = "active") -> None:
        company = companies.get(self.world.db, company_id)
        assert company is not None
        endpoint = derive(company.country, company.bid_key, network) if network in ("VISMA", "PEPPOL") else None
        profile = profiles.open_profile(self.world, company_id, network, [profiles.INVOICES], endpoint)
        with self.world.write() as db:
            db.execute("delete from jobs where name = 'settle_profile'")
            db.execute("update profiles set status = ? where id = ?", (status, profile))

    def settings(self, company_id: str, **blocks: Any) -> None:
        companies.update(self.world, company_id, settings=json.dumps(blocks))

    def subscribe(self, company_id: str) -> None:
        with self.world.write() as db:
            db.execute(
                "insert into subscriptions (id, company_id, destination_type, destination, events, created_at)"
                " values (?, ?, 'WEBHOOK', 'http://127.0.0.1:9/', '[\"*\"]', '')",
                (str(uuid.uuid4()), company_id),
            )

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(row["body"]) for row in self.world.db.execute("select body from outbox order by rowid")]

    def call(
        self,
        company_id: str,
        method: str,
        path: str,
        *,
        scope: str = "invoice:send invoice:receive",
        body: Any = None,
        form: tuple[bytes, str] | None = None,
        api: str = "ax",
        **params: Any,
    ) -> Reply:
        content, content_type = form or (json.dumps(body).encode() if body is not None else b"", "application/json")
        request = Request(
            method=method,
            raw_path=f"/{api}{path}",
            query_string=urlencode([(key, value) for key, values in params.items() for value in _listed(values)]),
            headers={"authorization": f"Bearer {self._token(company_id, scope)}", "content-type": content_type},
            body=content,
            base_url="http://sandbox.test",
        )
        return self.answer(request)

    def answer(self, request: Request) -> Reply:
        """Any request, as it stands."""
        answer: Answer = asyncio.run(self.sandbox.app.gateway.answer(request))
        return Reply(answer.status, answer.content(), answer.content_type, answer.headers)

    def post(self, company_id: str, content: bytes, filename: str = "invoice.xml", **fields: Any) -> Reply:
        return self.call(company_id, "POST", "/v1/invoices", form=multipart(content, filename, fields))

    def send(self, company_id: str, content: bytes | None = None, **fields: Any) -> dict[str, Any]:
        """Post an invoice, let it be decided, and return it as the sender sees it then."""
        posted = self.post(company_id, content if content is not None else finvoice(), **fields)
        assert posted.status == 201, posted.content
        self.run()
        return self.invoice(company_id, posted.json["id"])

    def invoice(self, company_id: str, invoice_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call(company_id, "GET", f"/v1/invoices/{invoice_id}").json
        return found

    def listed(self, company_id: str, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call(company_id, "GET", "/v1/invoices", **params).json
        return found

    def run(self, seconds: float = 30) -> None:
        """Move the clock by the documented delay of a delivery, or as told."""
        self.world.advance(self.world.clock.time() + seconds)
        assert not self.world.db.execute("select error from jobs where error is not null").fetchall()

    def _token(self, company_id: str, scope: str) -> str:
        token = f"{company_id}|{scope}"
        user = self.world.db.execute("select id, vendor_key from users").fetchone()
        with self.world.write() as db:
            db.execute(
                "insert or replace into tokens (token, company_id, user_id, vendor_key, scopes, expires_at)"
                " values (?, ?, ?, ?, ?, ?)",
                (token, company_id, user["id"], user["vendor_key"], scope, self.world.clock.time() + 3600),
            )
        return token.strip()


def multipart(content: bytes, filename: str, fields: dict[str, Any]) -> tuple[bytes, str]:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in _listed(values)
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'.encode()
    return b"".join(
        [*parts, head, content, f"\r\n--{BOUNDARY}--\r\n".encode()]
    ), f"multipart/form-data; boundary={BOUNDARY}"


def _listed(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return ["true" if item is True else "false" if item is False else str(item) for item in values]
