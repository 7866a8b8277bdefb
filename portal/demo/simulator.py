"""The simulator as the story uses it: its control API plays signers, outside senders and the calendar."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from typing import Any

from portal.demo.place import DemoError


class Simulator:
    """
    Calls on `url`, the simulator's root.

    Every method raises DemoError when the simulator refuses or cannot be reached.
    """

    def __init__(self, url: str, credentials: Mapping[str, str]) -> None:
        self._url = url
        self._credentials = credentials

    def move_clock(self, seconds_from_now: float) -> None:
        """Set its clock beside ours; what was due on the way happens at its time."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds_from_now))
        self._control("clock", {"set": moment})

    def companies_asked_to_sign(self) -> set[str]:
        """Return the business ids with an open invitation to sign."""
        invitations = self._control("invitations?state=open")
        if not invitations:
            return set()
        by_id = {company["id"]: company["bid"] for company in self._control("companies")}
        return {by_id[company_id] for invitation in invitations for company_id in invitation["company_ids"]}

    def sign(self, business_id: str) -> None:
        self._control(f"companies/{business_id}/sign", {})

    def decline(self, business_id: str) -> None:
        self._control(f"companies/{business_id}/decline", {})

    def receive(self, business_id: str, *, number: str, sender: str, net: str) -> None:
        """Let an invoice arrive from a company outside."""
        self._control(f"companies/{business_id}/receive", {"number": number, "sender_name": sender, "net": net})

    def refuse_network(self, business_id: str, network: str, message: str) -> None:
        """Let the registry of a network refuse this company."""
        self._control(f"companies/{business_id}/networks/{network}/refuse", {"message": message})

    def open_old_autoscan(self, business_id: str) -> None:
        """Let a company have AutoScan as accounts of old have it: without return e-mail."""
        self._control(f"companies/{business_id}/autoscan", {})

    def write_as_agency(self, business_id: str, subject: str, text: str) -> None:
        """Let the company's collection agency begin a talk."""
        self._control(f"companies/{business_id}/messages", {"subject": subject, "text": text})

    def sign_credit(self, business_id: str) -> None:
        """Let somebody of the company sign its invoice credit at the bank."""
        self._control(f"companies/{business_id}/op_credit/sign", {})

    def bill(self, business_id: str, month: str, action: str, count: int) -> None:
        """Let AutoInvoice bill this use of a month (2026-05)."""
        self._control(
            f"companies/{business_id}/billing", {"month": month, "action_name": action, "action_count": count}
        )

    def account_of(self, business_id: str) -> str:
        """Return AutoInvoice's id of a company, whoever brought it in."""
        return str(self._control(f"companies?bid={business_id}")[0]["id"])

    def register_elsewhere(self, company: Mapping[str, str]) -> None:
        """Let somebody else register this company (a row of an onboarding file), so that its business id is taken."""
        user = self._send("ax/v1/users", {**self._vendor(), "email": company["email"]})
        names = ("name", "bid", "country", "address1", "post_code", "post_office", "city", "email")
        fields = {name: company[name] for name in names}
        self._send_form("ax/v1/companies", {**fields, **self._vendor(), **user, "no_vat": "true"})

    def _vendor(self) -> dict[str, str]:
        return {"vendor_api_key": self._credentials["vendor_api_key"]}

    def _control(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self._send(f"_sandbox/{path}", body)

    def _send(self, path: str, body: Mapping[str, Any] | None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        return self._open(path, content, "application/json")

    def _send_form(self, path: str, fields: Mapping[str, str]) -> Any:
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()
        ]
        content = "".join([*parts, f"--{boundary}--\r\n"]).encode()
        return self._open(path, content, f"multipart/form-data; boundary={boundary}")

    def _open(self, path: str, content: bytes | None, content_type: str) -> Any:
        request = urllib.request.Request(  # noqa: S310 (the address is ours, on loopback)
            f"{self._url}/{path}", data=content, headers={"Content-Type": content_type}
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as exc:
            said = exc.read().decode(errors="replace")[:300]
            raise DemoError(f"the simulator answered {exc.code} to {path}: {said}") from exc
        except OSError as exc:
            raise DemoError(f"the simulator could not be asked for {path}: {exc}") from exc
