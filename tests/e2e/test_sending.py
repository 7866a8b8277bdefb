"""Many invoices in the browser: a ZIP is dropped, read, chosen for, previewed, sent and followed to its result."""

import base64
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.companies.csv_files import finnish_ids, sheet
from tests.e2e.browser import WORK
from tests.e2e.stack import Stack
from tests.invoices.documents import Who, finvoice, zipped

COMPANIES, EACH = 3, 9
PDF = b"%PDF-1.4\n%%EOF"
IDS = finnish_ids(COMPANIES + 1, first=2_620_000)
pytestmark = pytest.mark.timeout(400)  # the first of them waits for the stack's story and for these companies


def who(number: int) -> Who:
    return Who(f"Sender {number} Oy", "FI", IDS[number], f"0037{IDS[number].replace('-', '')}")


@pytest.fixture(scope="module", autouse=True)
def _companies(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> None:
    path: Path = tmp_path_factory.mktemp("sending") / "customers.csv"
    rows = [
        {"bid": bid, "name": f"Sender {number} Oy", "method": "own", "authorization_id": f"contract {number}"}
        for number, bid in enumerate(IDS[:COMPANIES])
    ]
    path.write_bytes(sheet(*rows).getvalue())
    done = stack.manage("onboard", str(path), "--wait", "--timeout", "150", seconds=180)
    assert done.returncode == 0, done.stderr


def archive(mark: str) -> bytes:
    """A ZIP of ZIPs: invoices of three companies, one with its PDF, one of a stranger, and one that is broken."""
    inner = {
        f"{company}.zip": zipped(
            {f"{mark}{company}{n}.xml": finvoice(f"{mark}{company}{n}", seller=who(company)) for n in range(EACH)}
        )
        for company in range(COMPANIES)
    }
    others = {
        "pair.xml": finvoice(f"{mark}pair", seller=who(0)),
        "pair.pdf": PDF,
        "strange.xml": finvoice(f"{mark}strange", seller=who(COMPANIES)),
        "broken.xml": finvoice()[:-50],
    }
    return zipped(inner | others)


def drop(page: Page, name: str, content: bytes) -> None:
    """Let a file fall onto the form, as a hand would."""
    transfer = page.evaluate_handle(
        """([name, text]) => {
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            transfer.items.add(new File([bytes], name, { type: "application/zip" }));
            return transfer;
        }""",
        [name, base64.b64encode(content).decode()],
    )
    page.locator("[data-portions]").dispatch_event("drop", {"dataTransfer": transfer})


def test_a_dropped_zip_of_zips_is_read_previewed_sent_and_followed(
    page: Page, check_accessibility: Callable[[Page], None]
) -> None:
    ready = COMPANIES * EACH + 1
    page.goto("/admin/invoices/send/")
    drop(page, "november.zip", archive("a"))
    page.get_by_role("button", name="Check the files").click()

    expect(page.get_by_role("heading", name="File by file")).to_be_visible(timeout=WORK)
    expect(page.get_by_text("broken or cut off")).to_be_visible()
    check_accessibility(page)
    page.get_by_placeholder("Business id or name").fill(IDS[0])
    page.get_by_role("button", name="Send as this company").click()
    expect(page.get_by_text("1 file is sent as Sender 0 Oy.")).to_be_visible()
    page.get_by_role("button", name=f"Go on with {ready + 1} invoices").click()

    page.get_by_label("Language of letters and e-mails").select_option("FI")
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_text("Finnish")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name=f"Send for {ready + 1}").click()

    expect(page.locator("li[aria-current=step]")).to_have_text("Result", timeout=WORK)
    expect(page.locator(".card-value").first).to_have_text(str(ready + 1))
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("row", name="pair.xml").get_by_text("Done")).to_be_visible()
    expect(page.get_by_text("These files are sent by a batch:")).to_be_visible()
    check_accessibility(page)


def test_the_same_zip_again_sends_nothing(page: Page) -> None:
    content = zipped({f"b{n}.xml": finvoice(f"b{n}", seller=who(1)) for n in range(12)})
    for _time in range(2):
        page.goto("/admin/invoices/send/")
        drop(page, "twice.zip", content)
        page.get_by_role("button", name="Check the files").click()
        expect(page.get_by_role("heading", name="File by file")).to_be_visible(timeout=WORK)
        again = page.get_by_role("button", name="Go on with 12 invoices")
        if again.count():
            again.click()
            page.get_by_role("button", name="Show what would happen").click()
            page.get_by_role("button", name="Send for 12").click()
            expect(page.locator("li[aria-current=step]")).to_have_text("Result", timeout=WORK)

    expect(page.get_by_text("None of these files can be sent now.")).to_be_visible()
    expect(page.locator("a[href*='outcome=SAME'] .card-value")).to_have_text("12")


def test_without_javascript_files_go_by_the_form_itself(page_without_javascript: Page) -> None:
    page = page_without_javascript
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as whole:
        for n in range(11):
            whole.writestr(f"c{n}.xml", finvoice(f"c{n}", seller=who(2)))
    page.goto("/admin/invoices/send/")
    page.locator("input[type=file]").set_input_files(
        {"name": "plain.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    )
    page.get_by_role("button", name="Check the files").click()

    expect(page.get_by_role("button", name="Go on with 11 invoices")).to_be_visible(timeout=WORK)
