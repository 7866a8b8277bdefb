"""Lists are read page by page, with the paging headers and without."""

import json
from urllib.parse import parse_qs

import pytest

from portal.maventa import Answer, Api
from tests.portal.maventa.fake_api import Heard, Line, says

PATH = "/ax/v1/things"


class Thing(Answer, frozen=True):
    n: int


def serve(total: int, **headers: object):
    def answer(heard: Heard, line: Line) -> None:
        asked = {name: int(value[0]) for name, value in parse_qs(heard.query).items()}
        size = int(headers.get("X_Per_Page", asked["per_page"]))
        start = (asked["page"] - 1) * size
        rows = [{"n": n} for n in range(start, min(start + size, total))]
        last = start + size >= total
        words = {"X_Next_Page": "" if last else str(asked["page"] + 1), "X_Total_Pages": str(-(-total // size))}
        given = {name: words.get(name, str(value)) for name, value in headers.items()}
        line.answer(body=json.dumps(rows).encode(), **given)

    return answer


def read(client, per_page=3):
    return [[thing.n for thing in page] for page in client.pages(Api.AX, "/v1/things", item=Thing, per_page=per_page)]


@pytest.mark.parametrize("headers", [{}, {"X_Next_Page": ""}, {"X_Total_Pages": ""}])
@pytest.mark.parametrize("total", [0, 1, 3, 7, 9])
def test_every_row_comes_once(api, client, headers, total):
    api.on("GET", PATH, serve(total, **headers))

    pages = read(client)

    assert [n for page in pages for n in page] == list(range(total))
    assert [] not in pages


def test_full_last_page_costs_no_call_when_headers_tell(api, client):
    api.on("GET", PATH, serve(6, X_Total_Pages=""))

    read(client)

    assert len(api.heard) == 2


def test_server_may_give_smaller_pages_than_asked_for(api, client):
    api.on("GET", PATH, serve(5, X_Per_Page=2))

    assert read(client, per_page=100) == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize("count", [3, 5])
def test_list_that_ignores_the_page_is_read_once(api, client, count):
    api.on("GET", PATH, says(body=[{"n": n} for n in range(count)]))

    assert read(client) == [list(range(count))]


def test_pages_are_fetched_when_asked_for(api, client):
    api.on("GET", PATH, serve(9))
    pages = client.pages(Api.AX, "/v1/things", item=Thing, per_page=3)

    next(pages)

    assert len(api.heard) == 1
