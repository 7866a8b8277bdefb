"""Notes and tags: whose they are, what is logged, and that bulk costs few statements."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse

from companies.models import Company, Note, Tag
from companies.staff_notes import notes
from portal.partners.models import PartnerAccount
from tests.companies.conftest import MakeCompany, make_account
from tests.companies.staff import LogIn

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann")


def test_only_its_author_changes_a_note(make_company: MakeCompany, ann: User) -> None:
    note = notes.add(make_company(), " Calls back on Monday ", ann)
    bob = User.objects.create_user("bob")

    with pytest.raises(notes.NotYoursError):
        notes.edit(note, "x", bob)
    with pytest.raises(notes.NotYoursError):
        notes.delete(note, bob)
    notes.edit(note, "On Tuesday", ann)

    note.refresh_from_db()
    assert note.text == "On Tuesday"
    assert note.edited_at is not None


def test_what_is_done_to_notes_and_tags_is_in_djangos_log(
    make_company: MakeCompany, ann: User, account: PartnerAccount
) -> None:
    company = make_company()
    tag = Tag.objects.create(account=account, name="VIP")
    note = notes.add(company, "a", ann)

    notes.pin(note, ann, is_pinned=True)
    notes.delete(note, ann)
    notes.set_tags(company, [tag], ann)

    logged = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert logged == ["Note added.", "Note pinned.", "Note deleted.", "Tags changed."]


def test_tags_go_on_companies_of_their_own_account_only(
    make_company: MakeCompany, ann: User, account: PartnerAccount
) -> None:
    mine, theirs = make_company(), Company.objects.create(account=make_account("Other"), uuid=account.key)
    tag = Tag.objects.create(account=account, name="VIP")

    changed = notes.tag([mine, theirs], [tag], ann)

    assert changed == 1
    assert list(tag.companies.all()) == [mine]


def test_tagging_twice_changes_nothing_and_untagging_takes_off(
    make_company: MakeCompany, ann: User, account: PartnerAccount
) -> None:
    company, tag = make_company(), Tag.objects.create(account=account, name="VIP")
    notes.tag([company], [tag], ann)

    assert notes.tag([company], [tag], ann) == 0
    assert notes.untag([company], [tag], ann) == 1
    assert not company.tags.exists()


def test_tagging_many_costs_the_same_statements_as_one(
    make_company: MakeCompany, ann: User, account: PartnerAccount, django_assert_max_num_queries: Any
) -> None:
    tag = Tag.objects.create(account=account, name="VIP")
    companies = [make_company(f"{number}") for number in range(30)]

    with django_assert_max_num_queries(8):
        notes.tag(companies, [tag], ann)

    assert tag.companies.count() == 30


def test_a_note_is_written_changed_pinned_and_deleted_on_the_page(log_in: LogIn, make_company: MakeCompany) -> None:
    company, client = make_company(), log_in()
    client.post(reverse("admin:company_note_add", args=[company.pk]), {"text": "<b>Ask Liisa</b>"})
    note = Note.objects.get()

    client.post(reverse("admin:company_note", args=[company.pk, note.pk]), {"text": "Ask Matti", "is_pinned": "on"})
    overview = text_of(client.get(reverse("admin:companies_company_change", args=[company.pk])))
    client.post(reverse("admin:company_note", args=[company.pk, note.pk]), {"delete": "1"})

    assert "Ask Matti" in overview
    assert "1 note" in overview
    assert not Note.objects.exists()


def test_a_note_shows_markup_as_text(log_in: LogIn, make_company: MakeCompany) -> None:
    company, client = make_company(), log_in()
    client.post(reverse("admin:company_note_add", args=[company.pk]), {"text": "<script>alert(1)</script>"})

    for tab in ("overview", "notes", "timeline"):
        page = text_of(client.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": tab}))
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_viewers_read_notes_but_write_none(log_in: LogIn, make_company: MakeCompany, ann: User) -> None:
    company = make_company()
    notes.add(company, "Ask Liisa", ann)
    viewer = log_in("viewer")

    page = viewer.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": "notes"})
    written = viewer.post(reverse("admin:company_note_add", args=[company.pk]), {"text": "x"})

    assert "Ask Liisa" in text_of(page)
    assert "Keep the note" not in text_of(page)
    assert written.status_code == 403


def test_notes_of_others_are_not_changed_on_the_page(log_in: LogIn, make_company: MakeCompany, ann: User) -> None:
    company = make_company()
    note = notes.add(company, "Ask Liisa", ann)

    answer = log_in().post(reverse("admin:company_note", args=[company.pk, note.pk]), {"text": "x"})

    assert answer.status_code == 403


def test_tags_are_set_on_the_page_and_filter_the_list(
    log_in: LogIn,
    make_company: MakeCompany,
    account: PartnerAccount,
) -> None:
    tagged, _other = make_company("1234567-1", name="Tagged Oy"), make_company("0112038-9", name="Plain Oy")
    tag, client = Tag.objects.create(account=account, name="VIP", colour="red"), log_in()

    client.post(reverse("admin:company_tags", args=[tagged.pk]), {"tags": [tag.pk]})
    listed = text_of(client.get(reverse("admin:companies_company_changelist"), {"tag": tag.pk}))

    assert "Tagged Oy" in listed
    assert "Plain Oy" not in listed


def test_many_companies_are_tagged_in_two_steps(
    log_in: LogIn,
    make_company: MakeCompany,
    account: PartnerAccount,
) -> None:
    companies = [make_company("1234567-1"), make_company("0112038-9")]
    tag, client = Tag.objects.create(account=account, name="VIP"), log_in()
    address = reverse("admin:companies_company_changelist")
    picked = {"action": "tag_companies", "_selected_action": [company.pk for company in companies]}

    asked = client.post(address, picked)
    client.post(address, {**picked, "select_across": "0", "tags": [tag.pk], "verb": "add"})

    assert "Tag 2 companies" in text_of(asked)
    assert tag.companies.count() == 2
