"""
The simulator for tests: a process of its own, steered over HTTP.

    with sandbox.start(tmp_path) as simulator:
        simulator.credentials["ax_url"] …
        simulator.sign(company_id)

Answers are checked against the contract (one that breaks it comes back as 500); the state is thrown away at the end.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0


@dataclass
class Sandbox:
    """
    A running simulator.

    :ivar url: its root; the APIs' own addresses are in `credentials`
    :ivar credentials: ax_url, receivables_url, validator_url, payslip_url, billing_url, company_uuid, user_api_key,
        vendor_api_key
    """

    url: str
    credentials: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path
    _http: requests.Session = field(default_factory=requests.Session)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def stop(self) -> int:
        """End the process; returns its exit code."""
        self._http.close()
        self.process.terminate()
        return self.process.wait(10)

    def reset(self) -> None:
        """Back to the partner company alone; keys stay, tokens don't."""
        self.control("POST", "/reset")

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.control("GET", "/state")
        return state

    def sign(self, company: str) -> None:
        """Sign the newest open invitation of a company, named by id or business id."""
        self.control("POST", f"/companies/{company}/sign")

    def decline(self, company: str) -> None:
        self.control("POST", f"/companies/{company}/decline")

    def change(self, company: str, **switches: Any) -> None:
        """is_partner, own_kyc, disabled, company_state, withheld_scopes."""
        self.control("PATCH", f"/companies/{company}", switches)

    def invitations(self, company: str = "") -> list[dict[str, Any]]:
        """Newest first; `url` is the signing page."""
        found: list[dict[str, Any]] = self.control("GET", f"/invitations?company_id={company}")
        return found

    def receive(self, company: str, **document: Any) -> dict[str, Any]:
        """Let an invoice arrive for a company; see `portal.sandbox.control.invoices.receive`."""
        arrived: dict[str, Any] = self.control("POST", f"/companies/{company}/receive", document)
        return arrived

    def advance(self, seconds: float) -> None:
        """Move the clock; jobs on the way have run when this returns."""
        self.control("POST", "/clock", {"advance": seconds})

    def fault(self, kind: str, **rule: Any) -> int:
        """Add a rule (api, method, path, share, count, seconds); returns its id."""
        return int(self.control("POST", "/faults", {"kind": kind} | rule)["id"])

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def latency(self, seconds: float) -> None:
        self.control("PUT", "/latency", {"seconds": seconds})

    def webhooks(self, limit: int = 100) -> list[dict[str, Any]]:
        """Events in the outbox, newest first: event, company_id, state, attempts, copies, body."""
        events: list[dict[str, Any]] = self.control("GET", f"/webhooks?limit={limit}")["events"]
        return events

    def settle(self, timeout: float = 5.0) -> None:
        """Wait until no job and no webhook is due or about to be. Those that wait for a later time are left alone."""
        answer = self.control("POST", "/webhooks/settle", {"timeout": timeout})
        assert answer["settled"], answer

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of the control API; anything but 2xx is an error with the simulator's text."""
        answer = self._http.request(method, f"{self.url}/_sandbox{path}", json=body, timeout=60)
        assert answer.ok, f"{method} {path} -> {answer.status_code} {answer.text}"
        return answer.json()

    def token(self, scope: str = "eui partner:lookups", company: str = "", key: str = "") -> str:
        """A new access token: of the partner company with its integration user, unless told otherwise."""
        answer = self._http.post(
            f"{self.credentials['ax_url']}/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": company or self.credentials["company_uuid"],
                "client_secret": key or self.credentials["user_api_key"],
                "vendor_api_key": self.credentials["vendor_api_key"],
                "scope": scope,
            },
            timeout=10,
        )
        assert answer.ok, answer.text
        return str(answer.json()["access_token"])


def start(
    tmp_path: Path, *, pace: str = "fast", state: Path | None = None, check_answers: bool = True, port: int = 0
) -> Sandbox:
    """
    Start a simulator on a free port and wait until it listens.

    :param state: keep its SQLite file there; None: thrown away
    """
    credentials, log = tmp_path / "sandbox-credentials.json", tmp_path / "sandbox.log"
    credentials.unlink(missing_ok=True)
    command = [sys.executable, "-m", "portal.sandbox", "--port", str(port), "--pace", pace]
    command += ["--credentials", str(credentials)]
    command += ["--state", str(state)] if state else []
    command += ["--check-answers"] if check_answers else []
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=output, env={"PATH": os.environ["PATH"]}, start_new_session=True
        )
    try:
        keys = _wait_for(credentials, process, log)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return Sandbox(keys["ax_url"].removesuffix("/ax"), keys, process, log)


def _wait_for(credentials: Path, process: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    deadline = time.monotonic() + START_SECONDS
    while not credentials.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the simulator did not start: {log.read_text()}")
        time.sleep(0.02)
    keys: dict[str, str] = json.loads(credentials.read_text())
    return keys
