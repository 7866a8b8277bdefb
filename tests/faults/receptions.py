"""Invoices that arrive for one company of the running stack, and the order in which they were fetched and marked."""

import hashlib
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.faults.batches import Batch

_INVOICE = re.compile(r"/v1/invoices/([0-9a-f-]{36})(/.*)?$")
_FORMS = 3  # good answers that an invoice needs beside its attachments: itself, its XML, its image


class Reception:
    """Invoices with an attachment each, received by a company that a batch has brought in."""

    def __init__(self, batch: Batch, count: int) -> None:
        self.batch, self.count = batch, count
        self.simulator = batch.stack.simulator
        self.company = next(
            company["id"]
            for company in self.simulator.control("GET", "/companies")
            if company["bid"] == batch.ids[0].replace("-", "")
        )
        self.uuids: list[str] = []

    def spoil(self, share: float = 0.2) -> None:
        """Let a share of all answers about invoices get lost after they took effect."""
        for method in ("GET", "PATCH"):
            self.simulator.fault("drop_after", method=method, path="/v1/invoices/*", share=share)

    def arrive(self) -> None:
        for number in range(self.count):
            arrived = self.simulator.receive(self.company, number=f"P-{number}", with_attachment=True)
            self.uuids.append(arrived["id"])

    def saved(self, where: str = "files_at is not null") -> int:
        company = UUID(self.company).hex
        return self.batch.number(
            f"select count(*) from invoices_invoice i join companies_company c on c.id = i.company_id"
            f" where c.uuid in (?, ?) and {where}",
            company,
            self.company,
        )

    def wait_until_handled(self) -> None:
        self.batch.eventually(
            lambda: self.saved("handled_at is not null") == self.count, f"{self.count} invoices to be handled"
        )

    def check(self) -> None:
        """Hold both sides to it: each saved once with whole files, and marked only after the last of them was given."""
        assert self.saved("1 = 1") == self.count, "each has one row"
        files = self._files()
        assert {uuid: len(kept) for uuid, kept in files.items()} == dict.fromkeys(files, 3)
        assert len(files) == self.count
        for kept in files.values():
            for sha256, size in kept:
                content = self._stored(sha256).read_bytes()
                assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)
        self._check_order()
        assert self.batch.operations("DONE", "invoices.mark_handled") >= self.count
        for bad in ("UNKNOWN", "FAILED", "REFUSED"):
            assert self.batch.operations(bad, "invoices.mark_handled") == 0

    def _check_order(self) -> None:
        given: dict[str, int] = defaultdict(int)
        attached: dict[str, int] = defaultdict(int)
        marked: set[str] = set()
        for call in self.simulator.control("GET", "/calls?path=/v1/invoices/")["calls"]:
            found = _INVOICE.search(call["path"])
            if found is None or found[1] not in self.uuids:
                continue
            uuid, rest, good = found[1], found[2] or "", call["status"] == 200 and not call["fault"]
            if call["method"] == "PATCH" and rest == "/invoice_events":
                assert given[uuid] >= _FORMS, f"{uuid} was marked before its files were given"
                assert attached[uuid] >= 1, f"{uuid} was marked before its attachment was given"
                marked.add(uuid)
            elif call["method"] == "GET":
                given[uuid] += good and not rest
                attached[uuid] += good and rest.startswith("/files/")
        assert marked == set(self.uuids)

    def _files(self) -> dict[str, list[tuple[str, int]]]:
        rows: list[Any] = self.batch.rows(
            "select i.uuid, f.sha256, f.size from invoices_invoicefile f join invoices_invoice i on i.id = f.invoice_id"
            " where i.number like 'P-%'"
        )
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for uuid, sha256, size in rows:
            found[str(UUID(uuid))].append((sha256, size))
        return found

    def _stored(self, sha256: str) -> Path:
        return self.batch.stack.var / "files" / "invoices" / sha256[:2] / sha256[2:4] / sha256

    def describe(self) -> str:
        return json.dumps(self.simulator.state()["faults"])
