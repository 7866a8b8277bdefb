"""Settings of a company: what is sent, what is noticed, and how a lost answer ends."""

import base64
import io
from typing import Any

import pytest
from PIL import Image

from companies.models import Company
from companies.settings import blocks as settings_blocks
from companies.settings import pictures
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Attempt
from tests.companies.conftest import MakeCompany
from tests.companies.fakes import LOST, FakeAutoInvoice, refusal
from tests.companies.running import run

SETTINGS = "/v1/company/settings"
NOW = {
    "details": {"name": "Example Oy", "email": "old@example.com"},
    "send_invoice_email": {"enabled": True, "content_data": {"note_to_receiver": "Hello", "contact": {"name": "Aino"}}},
}


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def company(make_company: MakeCompany, autoinvoice: FakeAutoInvoice) -> Company:
    autoinvoice.on("GET", SETTINGS, answer_of(NOW))
    autoinvoice.on("PATCH", SETTINGS, None)
    return make_company(settings=NOW)


def answer_of(settings: dict[str, Any]) -> Any:
    """Answer the blocks that are asked for."""
    return lambda given: {name: settings[name] for name in given["params"]["fields"] or settings if name in settings}


def sent(autoinvoice: FakeAutoInvoice) -> list[Any]:
    return [given["json"] for given in autoinvoice.called("PATCH", SETTINGS)]


def change(company: Company, block: str, values: dict[str, Any], seen: dict[str, Any] | None = None) -> Any:
    parameters = {"blocks": {block: settings_blocks.nested(values)}, "seen": seen or {}}
    return run("companies.change_settings", company, parameters, company_uuid=company.uuid)


def png(sides: tuple[int, int] = (8, 4)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", sides, "navy").save(file, "PNG")
    return file.getvalue()


def test_only_the_changed_fields_are_sent(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    operation = change(company, "send_invoice_email", {"content_data.contact.name": "Eino", "enabled": True})

    company.refresh_from_db()
    assert sent(autoinvoice) == [{"send_invoice_email": {"content_data": {"contact": {"name": "Eino"}}}}]
    assert operation.state == "DONE"
    assert company.settings["send_invoice_email"]["content_data"] == {
        "note_to_receiver": "Hello",
        "contact": {"name": "Eino"},
    }


def test_what_was_true_before_is_kept_with_attempt_and_result(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    seen = {"details.email": "old@example.com"}

    operation = change(company, "details", {"email": "new@example.com"}, seen)

    assert Attempt.objects.get(pk=operation.attempt_id).before == {"was": seen}
    assert operation.result == {"blocks": ["details"], "was": seen}


def test_nothing_is_sent_when_it_is_that_way_already(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    operation = change(company, "details", {"email": "old@example.com"})

    assert operation.state == "DONE"
    assert sent(autoinvoice) == []


def test_a_field_that_changed_meanwhile_stops_the_change(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    seen = {"details.email": "older@example.com"}

    operation = change(company, "details", {"email": "new@example.com"}, seen)

    assert (operation.state, operation.error_code) == ("REFUSED", "changed_meanwhile")
    assert operation.error_details == ["E-mail was older@example.com, is now old@example.com"]
    assert sent(autoinvoice) == []


def test_another_field_that_changed_meanwhile_does_not(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    operation = change(company, "details", {"website": "https://a.example"}, {"details.website": ""})

    assert operation.state == "DONE"


def test_a_lost_answer_is_found_when_the_fields_read_as_wanted(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    after = {"details": {"name": "Example Oy", "email": "new@example.com"}}
    autoinvoice.on("GET", SETTINGS, answer_of(NOW), answer_of(after))
    autoinvoice.on("PATCH", SETTINGS, LOST)

    operation = change(company, "details", {"email": "new@example.com"}, {"details.email": "old@example.com"})

    company.refresh_from_db()
    assert (operation.state, operation.attempts) == ("DONE", 1)
    assert operation.result["was"] == {"details.email": "old@example.com"}
    assert company.settings["details"]["email"] == "new@example.com"


def test_a_change_that_did_not_arrive_is_sent_again(
    company: Company, autoinvoice: FakeAutoInvoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from companies.operations.settings import ChangeSettings

    monkeypatch.setattr(ChangeSettings, "deadline", 0.05)
    autoinvoice.on("PATCH", SETTINGS, LOST, None)

    operation = change(company, "details", {"email": "new@example.com"}, {"details.email": "old@example.com"})

    assert (operation.state, operation.attempts) == ("DONE", 2)


def test_somebody_elses_change_after_a_lost_answer_is_not_overwritten(
    company: Company, autoinvoice: FakeAutoInvoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from companies.operations.settings import ChangeSettings

    monkeypatch.setattr(ChangeSettings, "deadline", 0.05)
    autoinvoice.on("GET", SETTINGS, answer_of(NOW), answer_of({"details": {"email": "theirs@example.com"}}))
    autoinvoice.on("PATCH", SETTINGS, LOST, None)

    operation = change(company, "details", {"email": "new@example.com"}, {"details.email": "old@example.com"})

    assert (operation.state, operation.error_code) == ("REFUSED", "changed_meanwhile")
    assert len(sent(autoinvoice)) == 1


def test_the_blocks_of_the_older_contract_are_sent_where_they_are_demanded(
    company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    full = {**NOW, "address": {"city": "Helsinki", "post_code": None}, "invoice_notifications": {}}
    autoinvoice.on("GET", SETTINGS, answer_of(full))
    demand = refusal("invalid_parameters", "details is missing, address is missing", 400)
    autoinvoice.on("PATCH", SETTINGS, demand, None)

    operation = change(company, "send_invoice_email", {"enabled": False})

    assert operation.state == "DONE"
    assert sent(autoinvoice)[-1] == {
        "details": NOW["details"],
        "address": {"city": "Helsinki"},
        "invoice_notifications": {},
        "send_invoice_email": {"enabled": False},
    }


def test_a_picture_is_sent_as_base64_and_its_parameters_hold_only_a_digest(
    company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    digest = pictures.keep(png())

    operation = run("companies.change_settings", company, {"pictures": {"pdf.content": digest}})

    assert sent(autoinvoice) == [{"logos": {"pdf": {"content": base64.b64encode(png()).decode()}}}]
    assert operation.parameters["pictures"] == {"pdf.content": digest}
    assert operation.result == {"blocks": ["logos"], "was": {}}


def test_a_picture_that_is_gone_is_said_instead_of_sent(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    operation = run("companies.change_settings", company, {"pictures": {"pdf.content": "0" * 64}})

    assert operation.state == "REFUSED"
    assert sent(autoinvoice) == []


def test_a_lost_change_of_an_address_that_has_to_be_confirmed_counts_as_arrived(
    company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("PATCH", SETTINGS, LOST)

    operation = change(company, "send_invoice_email", {"content_data.contact.email": "aino@example.com"})

    assert (operation.state, operation.attempts) == ("DONE", 1)


@pytest.mark.parametrize(
    ("blocks", "country"),
    [
        ({"telex": {"enabled": True}}, "FI"),
        ({"details": {}}, "FI"),
        ({"send_invoice_print": {"marketing_page": True}}, "SE"),
    ],
)
def test_what_cannot_be_set_is_refused_before_it_is_queued(
    make_company: MakeCompany, blocks: dict[str, Any], country: str
) -> None:
    company = make_company(country=country)

    with pytest.raises(NotQueueableError):
        queueing.queue("companies.change_settings", company, {"blocks": blocks}, account=company.account)


@pytest.mark.parametrize(
    ("one", "other"), [(None, ""), ([], None), (False, None), (0, None), (3.0, 3), ("a\r\nb", "a\nb "), (["a"], ["a"])]
)
def test_values_that_mean_the_same_are_no_change(one: Any, other: Any) -> None:
    assert settings_blocks.same(one, other)


@pytest.mark.parametrize(("one", "other"), [("a", "b"), (True, False), (1, 0), (["a"], ["b"]), ("", "0")])
def test_values_that_differ_are_one(one: Any, other: Any) -> None:
    assert not settings_blocks.same(one, other)


@pytest.mark.parametrize(
    ("content", "formats", "words"),
    [
        (b"%PDF-1.7 something", ("PNG",), "no picture"),
        (b"", ("PNG",), "no picture"),
        (png((64, 64))[:60], ("PNG",), "damaged"),
        (png(), ("JPEG",), "This is a PNG"),
        (png((3001, 1)), ("PNG",), "3001 × 1 pixels"),
        (png() + bytes(2**20), ("PNG",), "1.0 MB"),
    ],
)
def test_pictures_are_judged_by_their_content(content: bytes, formats: tuple[str, ...], words: str) -> None:
    with pytest.raises(pictures.NotAPictureError, match=words):
        pictures.check(content, formats)
