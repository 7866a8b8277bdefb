"""Staff who press everything twice, at the same moment, while many invoices are sent on the running stack."""

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import requests

from tests.e2e.stack import Stack
from tests.faults.batches import Batch
from tests.invoices.documents import Who, finvoice

_PER_PAGE = 100


class Hands:
    """A member of staff in a browser without JavaScript, whose every click is two."""

    def __init__(self, stack: Stack) -> None:
        self._url = stack.url
        self._session = requests.Session()
        login = f"{stack.url}/admin/login/"
        self._session.get(login, timeout=30)
        form = {"username": stack.username, "password": stack.password, "next": "/admin/"}
        answer = self._session.post(login, {**form, **self._token()}, headers={"Referer": login}, timeout=30)
        assert answer.ok

    def look(self, path: str) -> str:
        answer = self._session.get(f"{self._url}{path}", timeout=60)
        assert answer.ok, f"{path}: {answer.status_code}"
        return answer.text

    def press(self, path: str, form: dict[str, Any] | None = None, file: bytes | None = None) -> list[str]:
        """Post twice at once; returns the addresses that the two answers lead to."""
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda _click: self._post(path, form or {}, file), range(2)))

    def start_batch(self, batch: str) -> None:
        """Look at the preview of a batch and start it, if there is anything to start."""
        preview = self.look(f"{batch}?preview=1")
        token = re.search(r'name="token" value="(\w+)"', preview)
        number = re.search(r"This acts on ([\d,.\s]+) rows", preview)
        if token:
            typed = "".join(filter(str.isdigit, number[1])) if number else ""
            pk = re.findall(r"\d+", batch)[-1]
            self.press(f"/admin/batches/{pk}/do/start/", {"token": token[1], "number": typed})

    def _post(self, path: str, form: dict[str, Any], file: bytes | None) -> str:
        files = {"files": ("all.zip", file, "application/zip")} if file else None
        answer = self._session.post(
            f"{self._url}{path}",
            {**form, **self._token()},
            files=files,
            headers={"Referer": self._url},
            allow_redirects=False,
            timeout=120,
        )
        assert answer.status_code == 302, f"{path}: {answer.status_code} {_words(answer.text)}"
        return answer.headers["Location"]

    def _token(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self._session.cookies["portal_csrf"]}


def _words(html: str) -> str:
    """Return what a page says, without its tags: the reason why a form came back is somewhere in it."""
    return " ".join(re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", html).split())[:4000]


class Sending:
    """
    Invoices of one company, sent through the pages; what is counted is counted on both sides.

    :param first: number of the first of them
    """

    def __init__(self, company: Batch, count: int, first: int = 0) -> None:
        self.company, self.count, self._first = company, count, first
        self.stack = company.stack
        self._hands = Hands(self.stack)

    def start(self) -> None:
        """Give the files, choose how, look at the preview and start, each step twice at once."""
        drops = set(self._hands.press("/admin/invoices/send/", {"company": self.company.ids[0]}, self._files()))
        for drop in drops:
            self._until_read(drop)
            for batch in set(self._hands.press(f"{drop}go-on/")):
                if batch != drop:  # else everything in it is under way by the other click
                    self._start_batch(batch)

    def _start_batch(self, batch: str) -> None:
        self._hands.press(batch, {"lang": "FI"})
        self._hands.start_batch(batch)

    def _files(self) -> bytes:
        bid = self.company.ids[0]
        seller = Who(f"{bid} Oy", "FI", bid, f"0037{bid.replace('-', '')}")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as whole:
            for number in range(self._first, self._first + self.count):
                whole.writestr(f"{number}.xml", finvoice(f"{bid}-{number}", seller=seller))
        return packed.getvalue()

    def _until_read(self, drop: str) -> None:
        self.company.eventually(lambda: "File by file" in self._hands.look(drop), "the files to be read")

    def wait(self) -> None:
        """Wait until nothing is open any more."""
        states = ("QUEUED", "SENDING", "UNKNOWN", "WAITING")
        self.company.eventually(
            lambda: (
                sum(self.company.operations(state, "invoices.send") for state in states) == 0
                and self.company.operations("DONE", "invoices.send") >= self.count
            ),
            "all invoices to be sent",
        )

    def check(self) -> None:
        """Hold both sides to it: each invoice once, none left in doubt."""
        remote = self._at_autoinvoice()
        assert len(remote) == self.count
        assert len(set(remote.values())) == self.count, "no number twice"
        for bad in ("UNKNOWN", "FAILED", "REFUSED"):
            assert self.company.operations(bad, "invoices.send") == 0, bad

    def _at_autoinvoice(self) -> dict[UUID, str]:
        """Return number by id of what the company has sent, as the API lists it."""
        bid = self.company.ids[0].replace("-", "")
        companies = self.stack.simulator.control("GET", "/companies")
        uuid = next(company["id"] for company in companies if company["bid"] == bid)
        headers = {"Authorization": f"Bearer {self.stack.simulator.token(company=uuid, scope='invoice:receive')}"}
        url = f"{self.stack.simulator.credentials['ax_url']}/v1/invoices"
        found: dict[UUID, str] = {}
        page = 1
        while True:
            asked = {"direction": "SENT", "per_page": _PER_PAGE, "page": page}
            rows = requests.get(url, params=asked, headers=headers, timeout=60).json()
            found |= {UUID(row["id"]): row["number"] for row in rows}
            if len(rows) < _PER_PAGE:
                return found
            page += 1
