"""A member of staff who opens every page, takes every export, and looks for what nobody may see."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

import pypdf
import requests
from lxml import html

from tests.e2e.stack import Stack

_EACH_SHAPE = 2  # pages of one address that differ in numbers only
_NOT_OPENED = ("/logout/", "/jsi18n/", "/password_change/", "/static/", "numbers=shown", "/_sandbox")


class Needles:
    """Words that may stand nowhere. None of them is ever shown: what is found is told by its name."""

    def __init__(self, words: dict[str, str]) -> None:
        self._words = {name: word.encode() for name, word in words.items() if word}
        assert all(len(word) >= 8 for word in self._words.values()), "too short to be told from anything else"

    def in_bytes(self, content: bytes) -> list[str]:
        return [name for name, word in self._words.items() if word in content]

    def in_document(self, content: bytes, content_type: str = "") -> list[str]:
        """Look into ZIPs and PDFs too, and behind the escapes of HTML."""
        found = self.in_bytes(content)
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                for name in packed.namelist():
                    found += [*self.in_bytes(name.encode()), *self.in_document(packed.read(name))]
        elif content[:5] == b"%PDF-":
            pages = pypdf.PdfReader(io.BytesIO(content)).pages
            found += self.in_bytes("\n".join(page.extract_text() for page in pages).encode())
        elif "html" in content_type:
            found += self.in_bytes(unescape(content.decode(errors="replace")).encode())
        return sorted(set(found))


class Walker:
    """Opens pages from one to the next by their links; `opened` counts what came, by kind."""

    def __init__(self, stack: Stack, needles: Needles) -> None:
        self._stack, self._needles = stack, needles
        self._session = requests.Session()
        given = {cookie["name"]: cookie["value"] for cookie in stack.cookies()}
        self._session.cookies.update(given)
        self._token = {"csrfmiddlewaretoken": given["portal_csrf"]}
        self._shapes: Counter[str] = Counter()
        self._seen: set[str] = set()
        self.opened: Counter[str] = Counter()
        self.found: dict[str, list[str]] = {}
        self.broken: list[str] = []

    def walk(self, starts: Iterable[str]) -> None:
        """Open whatever can be reached by links; lists give their exports, too."""
        waiting = list(starts)
        while waiting:
            path = waiting.pop()
            if not self._is_new(path):
                continue
            answer = self.look(path)
            self.take(path, answer)
            if "html" in answer.headers.get("Content-Type", "") and answer.content.strip():
                waiting += self._links(path, answer.content)
                self._export(path, answer.content)

    def look(self, path: str) -> requests.Response:
        return self._session.get(f"{self._stack.url}{path}", timeout=120)

    def post(self, path: str, form: dict[str, object]) -> requests.Response:
        return self._session.post(
            f"{self._stack.url}{path}", {**form, **self._token}, headers={"Referer": self._stack.url}, timeout=120
        )

    def take(self, name: str, answer: requests.Response) -> None:
        """Look into one answer; an address that leads to an error is noted, and looked into as well."""
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        self.opened[kind] += 1
        if answer.status_code >= 500:
            self.broken.append(f"{name}: {answer.status_code}")
        if found := self._needles.in_document(answer.content, kind):
            self.found[name] = found

    def _is_new(self, path: str) -> bool:
        if path in self._seen or any(part in path for part in _NOT_OPENED):
            return False
        self._seen.add(path)
        parts = urlsplit(path)
        names = "&".join(sorted({name for name, _value in parse_qsl(parts.query)}))
        shape = f"{re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+', '#', parts.path)}?{names}"
        if names == "tab":
            shape = re.sub(r"[0-9]+", "#", path)
        self._shapes[shape] += 1
        return self._shapes[shape] <= _EACH_SHAPE

    def _links(self, path: str, content: bytes) -> Iterator[str]:
        for element in html.fromstring(content).iter("a", "iframe", "img"):
            target = element.get("href") or element.get("src") or ""
            whole = urlsplit(urljoin(f"{self._stack.url}{path}", target))
            if f"{whole.scheme}://{whole.netloc}" == self._stack.url and whole.path.startswith("/admin/"):
                yield whole.path + (f"?{whole.query}" if whole.query else "")

    def _export(self, path: str, content: bytes) -> None:
        """Take a list's whole contents, in every column that there is."""
        tree = html.fromstring(content)
        actions = set(tree.xpath("//select[@name='action']/option/@value"))
        for action in sorted(actions & {"export", "export_csv", "export_zip"}):
            shape = f"{action} {urlsplit(path).path}"
            ticked = tree.xpath("//input[@name='_selected_action']/@value")
            if shape in self._seen or not ticked:
                continue
            self._seen.add(shape)
            form: dict[str, object] = {"action": action, "_selected_action": ticked, "select_across": "1"}
            asked = self.post(path, form)
            columns = html.fromstring(asked.content).xpath("//input[@name='columns']/@value") if asked.content else []
            if columns:
                asked = self.post(path, form | {"columns_asked": "1", "columns": columns})
            self.take(shape, asked)
