"""Letters against the simulator: registered, printed once, followed; text answers read as they are meant."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfWriter

from companies.models import Company
from invoices.files.xml import UnreadableFileError
from invoices.letters import jobs, reading, words
from invoices.models import PrintAccount, PrintJob
from invoices.operations import RegisterPrinting, SendLetters
from portal.operations import outcomes, queueing, runner
from portal.operations.enums import State
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.sync import runs
from portal.sync.models import Cursor
from tests.invoices.conftest import MakeCompany, World
from tests.invoices.documents import Who, zipped
from tests.waiting import until as wait_until

A4, LETTER = (595, 842), (612, 792)
OPTIONS = {
    "document_type": "PDFXML", "letter_class": "economy", "color_print": True, "duplex": False, "license_key": "",
    "license_meta": "",
}  # fmt: skip


def pdf(pages: int = 1, size: tuple[int, int] = A4, password: str = "", title: str = "x") -> bytes:
    writer = PdfWriter()
    writer.add_metadata({"/Title": title})
    for _page in range(pages):
        writer.add_blank_page(*size)
    if password:
        writer.encrypt(password)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def until(world: World, condition: Any) -> None:
    def work() -> None:
        world.simulator.settle()
        runner.run_until_idle(world.account, timeout=2)
        PrintJob.objects.filter(next_check_at__isnull=False).update(next_check_at=world.account.created_at)
        Cursor.objects.update(next_at=world.account.created_at)
        runs.run_due(budget=2)

    wait_until(condition, work)


def make_account(company: Company, **fields: Any) -> PrintAccount:
    known = {"email": f"{company.pk}@print.example", "password": "s3cret-made-here", "test_mode": False, "notify": True}
    return PrintAccount.objects.create(account=company.account, company=company, **(known | fields))


def queue(kind: str, target: Any) -> Operation:
    company = target.company
    return queueing.queue(kind, target, account=company.account, company_uuid=company.uuid)


def ended(operation: Operation, state: State = State.DONE) -> Any:
    return lambda: Operation.objects.get(pk=operation.pk).state == state


def registered(world: World, **fields: Any) -> PrintAccount:
    account = make_account(world.seller, **fields)
    until(world, ended(queue(RegisterPrinting.kind, account)))
    account.refresh_from_db()
    return account


def make_job(company: Company, count: int = 2, **options: Any) -> PrintJob:
    files = [(f"letter-{number}.pdf", pdf(2, title=str(number))) for number in range(count)]
    (job,) = jobs.keep(company, reading.read(files, reading.PDF), OPTIONS | options, actor=None)
    return job


def at_the_service(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.simulator.control("GET", f"/companies/{world.seller.uuid}/printing")
    return found


# Registering


@pytest.mark.slow
def test_a_company_is_registered_and_its_password_is_nowhere_but_encrypted(world: World) -> None:
    account = registered(world)

    assert account.registered_at
    assert not account.was_there
    operation = Operation.objects.get()
    assert "s3cret" not in str([operation.parameters, operation.result, operation.error_text])
    with connection.cursor() as cursor:
        cursor.execute("select password from invoices_printaccount")
        assert "s3cret" not in cursor.fetchone()[0]


@pytest.mark.slow
def test_ok_is_not_what_http_says_but_the_text(world: World) -> None:
    registered(world)
    twin = make_account(world.buyer, email=PrintAccount.objects.get().email)

    operation = queue(RegisterPrinting.kind, twin)

    until(world, ended(operation, State.REFUSED))
    operation.refresh_from_db()
    assert "another address" in operation.remedy
    twin.refresh_from_db()
    assert twin.registered_at is None


@pytest.mark.slow
def test_a_company_that_somebody_registered_before_prints_but_its_password_is_not_ours(world: World) -> None:
    registered(world)
    PrintAccount.objects.update(registered_at=None)

    operation = queue(RegisterPrinting.kind, PrintAccount.objects.select_related("company__account").get())

    until(world, ended(operation))
    account = PrintAccount.objects.get()
    assert account.was_there
    assert account.password == ""


@pytest.mark.slow
def test_a_lost_registration_is_asked_once_more_and_is_ours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "grace_ends", lambda handler, operation: operation.asked_at)
    world.simulator.fault("drop_after", api="payslip", method="POST", path="/register", count=1)

    account = registered(world)

    assert account.registered_at
    assert not account.was_there
    assert account.password == "s3cret-made-here"


def test_only_finnish_companies_are_registered(make_company: MakeCompany) -> None:
    account = make_account(make_company(Who("Fjord AS", "NO", "923829644", "923829644", "0192")))

    with pytest.raises(NotQueueableError, match="Finland"):
        queue(RegisterPrinting.kind, account)


# Printing


@pytest.mark.slow
def test_letters_are_printed_with_all_options_and_followed_to_the_end(world: World) -> None:
    registered(world)
    job = make_job(world.seller, duplex=True, license_key="L-1", license_meta="desk 4")

    operation = queue(SendLetters.kind, job)
    until(world, ended(operation))
    world.simulator.advance(2 * 86_400)
    until(world, lambda: words.is_printed(PrintJob.objects.get().status_text))

    (there,) = at_the_service(world)
    assert there["filename"] == job.filename
    assert (there["letters"], there["letter_class"], there["document_type"]) == (2, "economy", "PDFXML")
    assert (bool(there["color_print"]), bool(there["duplex"])) == (True, True)
    job.refresh_from_db()
    assert job.number
    assert job.next_check_at is None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drop_after", "500_after"])
def test_letters_are_printed_once_however_often_answers_are_lost(world: World, kind: str) -> None:
    registered(world)
    job = make_job(world.seller)
    world.simulator.fault(kind, api="payslip", method="POST", path="/input_public", count=1)

    operation = queue(SendLetters.kind, job)
    with pytest.raises(NotQueueableError, match="already"):
        queue(SendLetters.kind, job)
    until(world, ended(operation))
    job.refresh_from_db()
    with pytest.raises(NotQueueableError, match="already"):
        queue(SendLetters.kind, job)

    assert len(at_the_service(world)) == 1
    assert Operation.objects.get(pk=operation.pk).looks == 1


@pytest.mark.slow
def test_test_mode_is_learnt_from_what_becomes_of_letters(world: World) -> None:
    account = registered(world, test_mode=True)
    job = make_job(world.seller)
    until(world, ended(queue(SendLetters.kind, job)))
    until(world, lambda: words.is_test(PrintJob.objects.get().status_text))
    assert PrintJob.objects.get().test_mode

    world.simulator.control("PATCH", f"/companies/{world.seller.uuid}/printing", {"test_mode": False})
    later = make_job(world.seller, 3)
    until(world, ended(queue(SendLetters.kind, later)))
    world.simulator.advance(2 * 86_400)
    until(world, lambda: words.is_printed(PrintJob.objects.get(pk=later.pk).status_text))

    account.refresh_from_db()
    assert not account.test_mode
    assert not PrintJob.objects.get(pk=later.pk).test_mode


@pytest.mark.slow
def test_an_unknown_status_is_shown_as_it_came_and_looked_at_again(world: World) -> None:
    registered(world)
    job = make_job(world.seller)
    queue(SendLetters.kind, job)
    runner.run_until_idle(world.account, timeout=20)  # not looked at yet: what is printed is not looked at again
    there = at_the_service(world)[0]
    world.simulator.control("POST", f"/printing/{there['id']}", {"status": "OK ON THE LORRY"})

    until(world, lambda: PrintJob.objects.get().status_text == "OK ON THE LORRY")

    assert PrintJob.objects.get().next_check_at is not None


def test_letters_need_a_registered_company(company: Company) -> None:
    with pytest.raises(NotQueueableError, match="not registered"):
        queue(SendLetters.kind, make_job(company))


# What the texts mean


@pytest.mark.parametrize(
    ("text", "missing", "nothing", "final"),
    [
        ("OK RECEIVED", False, False, False),
        ("OK PRINTED", False, False, True),
        ("OK TEST MODE, NOT PRINTED", False, False, True),
        ("ERROR: FILE NOT FOUND", True, False, True),
        ("ERROR: COMPANY NOT FOUND", False, True, False),
        ("ERROR: USER API KEY NOT VALID", False, True, False),
        ("ERROR: PDF CANNOT BE PRINTED", False, False, True),
        ("SOMETHING ELSE", False, False, False),
    ],
)
def test_status_texts(text: str, missing: bool, nothing: bool, final: bool) -> None:
    assert (words.is_missing(text), words.tells_nothing(text), words.is_final(text)) == (missing, nothing, final)


# Reading letters


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<xml/>", "no PDF"),
        (pdf(password="x"), "protected"),
        (pdf()[:200], "broken"),
        (b"%PDF-1.7\n" + b"\x00\xff" * 500, "broken"),
        (pdf(0), "0 pages"),
        (pdf(501), "501 pages"),
        (zipped({}), "no PDF"),
        (zipped({"a.pdf": b"no"}), "a.pdf"),
        (b"PK\x03\x04 cut", "broken"),
        (zipped({"../a.pdf": pdf()}), "outside"),
    ],
)
def test_bad_letters_are_named(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said):
        reading.read([("good.pdf", pdf()), ("letter.pdf", content)], reading.PDF)


def test_pages_of_another_size_are_a_doubt_and_print_all_the_same() -> None:
    (letter,) = reading.read([("us.pdf", pdf(2, LETTER))], reading.PDF)

    assert letter.pages == 2
    assert "216 × 279 mm" in letter.doubts[0]
    assert reading.read([("landscape.pdf", pdf(1, (842, 595)))], reading.PDF)[0].doubts == ()


def test_letters_of_one_name_get_names_of_their_own() -> None:
    packed = zipped({"a/letter.pdf": pdf(title="1"), "b/LETTER.pdf": pdf(title="2")})

    letters = reading.read([("letter.pdf", pdf()), ("more.zip", packed)], reading.PDF)

    assert [letter.name for letter in letters] == ["letter.pdf", "letter-2.pdf", "LETTER-3.pdf"]


def test_epl_files_are_taken_as_they_are_and_pdfs_among_them_are_named() -> None:
    assert reading.read([("label.epl", b"N\nP1\n")], reading.EPL)[0].pages is None
    for name, content in (("label.epl", pdf()), ("label.doc", b"N\n")):
        with pytest.raises(UnreadableFileError, match="EPL"):
            reading.read([(name, content)], reading.EPL)


def test_the_same_letters_are_the_same_job_and_many_become_several(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = make_job(company), make_job(company, color_print=False)
    again.refresh_from_db()
    monkeypatch.setattr(jobs, "MOST_LETTERS", 2)
    files = [(f"{number}.pdf", pdf(title=str(number))) for number in range(5)]
    several = jobs.keep(company, reading.read(files, reading.PDF), OPTIONS, actor=None)

    assert first == again
    assert again.color_print is False  # the options given last
    assert [job.letters for job in several] == [2, 2, 1]
    assert jobs.once_more(first, 1, actor=None) != first


# Pages


@pytest.fixture
def browser(company: Company) -> Client:
    user = User.objects.create_superuser("lead", password="x")
    company.account.staff.add(user)
    client = Client()
    client.force_login(user)
    return client


def give(browser: Client, company: Company, *files: tuple[str, bytes], **more: Any) -> Any:
    data = {
        "company": company.business_id, "document_type": "PDFXML", "letter_class": "priority",
        "letters": [SimpleUploadedFile(name, content) for name, content in files], **more,
    }  # fmt: skip
    return browser.post(reverse("admin:print_new"), data)


def test_registering_makes_a_password_and_shows_it_only_on_request(browser: Client, company: Company) -> None:
    address = reverse("admin:print_register", args=[company.pk])

    browser.post(address, {"email": "print@kuura.example", "test_mode": "on"})
    account = PrintAccount.objects.get()
    PrintAccount.objects.update(registered_at=account.created_at)
    tab = browser.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": "printing"})
    shown = browser.post(reverse("admin:print_password", args=[company.pk]))

    assert len(account.password) > 20
    assert account.test_mode
    assert not account.notify
    assert account.password not in tab.content.decode()
    assert account.password in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert browser.get(reverse("admin:print_password", args=[company.pk])).status_code == 405


def test_registering_is_offered_until_it_is_under_way(browser: Client, company: Company) -> None:
    tab = reverse("admin:companies_company_change", args=[company.pk]) + "?tab=printing"
    register = reverse("admin:print_register", args=[company.pk])

    before = browser.get(tab).content.decode()
    browser.post(register, {"email": "print@kuura.example"})
    after = browser.get(tab).content.decode()

    assert (register in before, register in after) == (True, False)


@pytest.mark.parametrize(("test_mode", "said"), [(True, "nothing is billed"), (False, "cost postage")])
def test_letters_are_checked_before_they_are_printed_and_the_mode_is_seen(
    browser: Client, company: Company, test_mode: bool, said: str
) -> None:
    make_account(company, test_mode=test_mode, registered_at=company.created_at)

    answer = give(browser, company, ("a.pdf", pdf(2)), ("b.pdf", pdf(3)))
    html = browser.get(answer["Location"]).content.decode()
    assert not Operation.objects.exists()
    browser.post(answer["Location"])
    browser.post(answer["Location"])

    assert said in html
    assert ("Test mode: nothing is printed" in html) == test_mode
    assert Operation.objects.count() == 1
    job = PrintJob.objects.get()
    page = browser.get(reverse("admin:invoices_printjob_change", args=[job.pk])).content.decode()
    assert (job.letters, job.pages) == (2, 5)
    assert "priority · black and white · one side" in page


def test_bad_letters_are_told_at_their_field(browser: Client, company: Company) -> None:
    make_account(company, registered_at=company.created_at)

    html = give(browser, company, ("a.pdf", pdf()), ("secret.pdf", pdf(password="x"))).content.decode()

    assert "secret.pdf: The PDF is protected" in html
    assert not PrintJob.objects.exists()


def test_a_company_that_is_not_registered_is_told_at_its_field(browser: Client, company: Company) -> None:
    assert "not registered for mass printing" in give(browser, company, ("a.pdf", pdf())).content.decode()


def test_the_list_costs_the_same_however_many_jobs(
    browser: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    make_account(company, registered_at=company.created_at)
    for number in range(1, 12):
        make_job(company, number)

    with django_assert_max_num_queries(12):
        html = browser.get(reverse("admin:invoices_printjob_changelist")).content.decode()

    assert html.count("Not sent") == 11


def test_jobs_of_other_accounts_are_not_there(company: Company, staff: User) -> None:
    make_account(company, registered_at=company.created_at)
    job = make_job(company)
    company.account.staff.remove(staff)
    staff.is_superuser = False
    staff.save()
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_printjob", "send_letters"]))
    client = Client()
    client.force_login(staff)

    assert client.get(reverse("admin:invoices_printjob_change", args=[job.pk])).status_code == 404
    assert client.post(f"{reverse('admin:print_check')}?j={job.pk}").status_code == 404
