"""Lists, page by page. The paging headers are promised for some lists only; without them a short page is the last."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from portal.maventa import answers
from portal.maventa.transport import Reply

T = TypeVar("T")


def pages(fetch: Callable[[int], Reply], item: type[T], per_page: int, first: int = 1) -> Iterator[list[T]]:
    """Yield non-empty pages until the last; `fetch` is given the page's number, from `first`."""
    answer: Any = list[item]  # type: ignore[valid-type]
    number, before = first, b""
    while True:
        reply = fetch(number)
        if reply.body == before:
            return  # a list that ignores the page's number gave itself again
        rows: list[T] = answers.decode(reply, answer)
        if rows:
            yield rows
        if _is_last(reply, number, len(rows), per_page):
            return
        number, before = number + 1, reply.body


def _is_last(reply: Reply, number: int, count: int, per_page: int) -> bool:
    if count == 0:
        return True
    total_pages = reply.headers.get("X-Total-Pages", "")
    if total_pages.isdecimal():
        return number >= int(total_pages)
    if "X-Next-Page" in reply.headers:
        return not reply.headers["X-Next-Page"].strip()
    size = reply.headers.get("X-Per-Page", "")
    return count != (int(size) if size.isdecimal() and int(size) > 0 else per_page)
