"""What is played on a page before its picture is taken; each scene can be played again and sends nothing."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fpdf import FPDF
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from portal.demo import invoices
from portal.demo.invoices import Party, Sale
from tests.e2e.browser import WORK, reload_until

Summary = Mapping[str, Any]  # what demo.json says

_NAME, _BUSINESS_ID = "Rantakylän Puusepät Oy", "1234567-1"
_SIGNER = "signe.virtanen@rantakylan-puusepat.example"
_COLUMNS = "name,bid,country,address1,post_code,post_office,city,email,auth_email,locale,networks"
_PLACE = "Rantatie 4,57100,Savonlinna,Savonlinna,info@c.example,ceo@c.example"


def ask_palette(page: Page, summary: Summary) -> None:
    """Paste a business id into the command palette."""
    page.keyboard.press("Control+k")
    asked = page.locator("input[placeholder='Type to search']")
    asked.wait_for()
    asked.press_sequentially(summary["companies"][0])
    page.wait_for_timeout(1500)  # it asks the server when typing has stopped


def identify(page: Page, _summary: Summary) -> None:
    """Type a company that is free; the check says so at once."""
    page.locator("select[name=country]").select_option("FI")
    page.locator("input[name=name]").fill(_NAME)
    page.locator("input[name=business_id]").fill(_BUSINESS_ID)
    page.locator("input[name=business_id]").blur()
    page.locator("[data-check] .note").wait_for()


def name_signer(page: Page, summary: Summary) -> None:
    """Open the third step of a draft."""
    page.goto(_draft(page, summary).replace("/review/", "/signer/"))


def review(page: Page, summary: Summary) -> None:
    """Open the last step of a draft."""
    page.goto(_draft(page, summary))


def _draft(page: Page, summary: Summary) -> str:
    """Return the address of a draft's last step; a scene before may have left one."""
    known = page.locator("a[href$='/review/']")
    if known.count():
        return str(known.first.get_attribute("href"))
    identify(page, summary)
    _go_on(page)
    _fill(page, address1="Rantatie 4", post_code="57100", city="Savonlinna", email="info@rantakylan-puusepat.example")
    _go_on(page)
    _fill(page, signer_name="Signe Virtanen", auth_email=_SIGNER)
    _go_on(page)
    _go_on(page)
    return page.url


def _fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"input[name={name}]").fill(value)


def _go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_load_state()


def show_wrong_rows(page: Page, summary: Summary) -> None:
    """Give a file with a new company, one that is here already, and two with mistakes."""
    rows = (
        f"{_NAME},{_BUSINESS_ID},FI,{_PLACE},FI,VISMA PEPPOL",
        f"Here already Oy,{summary['companies'][0]},FI,{_PLACE},FI,VISMA PEPPOL",
        f"Wrong digit Oy,1234567-2,FI,{_PLACE},FI,VISMA PEPPOL",
        f"No such network Oy,2234567-5,FI,{_PLACE},FI,VISMA TELEX",
    )
    _upload(page, "july.csv", "\n".join((_COLUMNS, *rows)).encode())
    if page.get_by_text("The whole").count():
        page.get_by_role("link", name="Correct them here").click()
    page.get_by_text("Row by row").wait_for()


def _upload(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_load_state()


def map_columns(page: Page, _summary: Summary) -> None:
    """Give a file of which one column is called by a name of its own."""
    place = _PLACE.replace(",", ";")
    head = "Asiakkaan nimi;Y-tunnus;Maa;Katuosoite;Postinumero;Postitoimipaikka;Kaupunki;Sähköposti;Päättäjä;Kieli"
    rows = (f"Koivikon Kukka {number} Oy;1234567-1;Suomi;{place};FI" for number in range(1, 4))
    _upload(page, "asiakkaat.csv", "\n".join((head, *rows)).encode())
    page.get_by_text("Which column says what").wait_for()


def correct_row(page: Page, summary: Summary) -> None:
    """Open the first of the rows that are wrong."""
    show_wrong_rows(page, summary)
    page.get_by_role("link", name="Correct the first").click()
    page.locator("#correct").wait_for()


def plan_file(page: Page, summary: Summary) -> None:
    """Plan the file's rows that are right."""
    show_wrong_rows(page, summary)
    planned = page.get_by_role("button", name="Plan the")
    if planned.count():
        planned.click()
    else:
        page.goto(page.url.replace("/errors/", "/plan/"))
    page.get_by_text("The whole").wait_for()


def check_invoice(page: Page, summary: Summary) -> None:
    """Give an invoice between two strangers, so that the page has something to say."""
    seller = Party("Toisen Talon Tarvike Oy", "12345671", "FI", "Talontie 1", "20100", "Turku")
    buyer = Party(_NAME, "22345675", "FI", "Rantatie 4", "57100", "Savonlinna")
    today = datetime.now(UTC).date()
    sale = Sale(seller, buyer, "2041", today, "Shelf", Decimal(3), Decimal("129.00"), "EUR")
    content = next(iter(invoices.FORMATS.values()))(sale).encode()
    page.locator("input[name=company]").fill(summary["companies"][0])
    page.locator("input[type=file]").set_input_files({"name": "2041.xml", "mimeType": "text/xml", "buffer": content})
    page.get_by_role("button", name="Check the files").click()
    page.get_by_text("Files of").first.wait_for()


def give_many(page: Page, summary: Summary) -> None:
    """Give a ZIP of a dozen invoices: most of a company of ours, two of a stranger, one broken."""
    today = datetime.now(UTC).date()
    buyer = Party(_NAME, "22345675", "FI", "Rantatie 4", "57100", "Savonlinna")
    own = Party("Puro Puu Oy", summary["companies"][0], "FI", "Katu 1", "00100", "Helsinki")
    stranger = Party("Toisen Talon Tarvike Oy", "12345671", "FI", "Talontie 1", "20100", "Turku")
    write = next(iter(invoices.FORMATS.values()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as whole:
        for number in range(12):
            seller = stranger if number in (4, 7) else own
            sale = Sale(seller, buyer, f"31{number:02}", today, "Shelf", Decimal(number + 1), Decimal("129.00"), "EUR")
            whole.writestr(f"31{number:02}.xml", write(sale).encode()[: -60 if number == 9 else None])
    content = {"name": "november.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    page.locator("input[type=file]").set_input_files(content)
    page.get_by_role("button", name="Check the files").click()
    page.get_by_role("heading", name="File by file").wait_for()


def give_bundle(page: Page, summary: Summary) -> None:
    """Give an invoice with its image and an attachment."""
    own = Party("Puro Puu Oy", summary["companies"][0], "FI", "Katu 1", "00100", "Helsinki")
    buyer = Party(_NAME, "22345675", "FI", "Rantatie 4", "57100", "Savonlinna")
    sale = Sale(own, buyer, "2043", datetime.now(UTC).date(), "Shelf", Decimal(3), Decimal("129.00"), "EUR")
    files = {
        "2043.xml": ("text/xml", invoices.FORMATS["peppol"](sale).encode()),
        "2043.pdf": ("application/pdf", _letter("Invoice 2043")),
        "2043-terms.pdf": ("application/pdf", _letter("Terms of delivery")),
    }
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, (kind, content) in files.items()]
    )
    page.get_by_role("button", name="Check the files").click()
    page.get_by_text("Files of").first.wait_for()


def preview_batch(page: Page, _summary: Summary) -> None:
    """Choose all companies of the list and look what a bulk action would do."""
    page.locator("#action-toggle, .action-toggle").first.check()
    page.locator("select[name=action]").select_option("bulk_companies_refresh")
    page.locator("#changelist-form button[name=index], #changelist-actions button[type=submit]").first.click()
    page.get_by_text("What would happen").first.wait_for()


def _run_on_all(page: Page, action: str) -> None:
    page.locator("#action-toggle, .action-toggle").first.check()
    page.locator("select[name=action]").select_option(action)
    page.locator("#changelist-form button[name=index], #changelist-actions button[type=submit]").first.click()


def pick_signers(page: Page, _summary: Summary) -> None:
    """Choose companies and be asked who signs for them."""
    _run_on_all(page, "bulk_companies_authorize_many")
    page.get_by_role("button", name="Show what would happen").wait_for()


def preview_signers(page: Page, summary: Summary) -> None:
    """Look which companies would be asked, and which not and why."""
    pick_signers(page, summary)
    page.get_by_role("button", name="Show what would happen").click()
    page.locator("#would").wait_for()


def choose_columns(page: Page, _summary: Summary) -> None:
    """Export the list: be asked for the columns."""
    _run_on_all(page, "export")
    page.get_by_role("button", name="Download").wait_for()


def read_settings(page: Page, _summary: Summary) -> None:
    """Have a company looked up, so that its settings are known, and show them."""
    company = page.url.split("?")[0]
    if page.goto(f"{company}?tab=settings") and page.get_by_text("have not been read yet").count():
        pk = company.rstrip("/").split("/")[-2]
        page.goto(f"/admin/companies/{pk}/do/companies.refresh/")
        page.locator("main form button[type=submit], form.card button[type=submit]").last.click()
        for _ in range(30):
            page.wait_for_timeout(500)
            page.goto(f"{company}?tab=settings")
            if not page.get_by_text("have not been read yet").count():
                break


def preview_logo(page: Page, _summary: Summary) -> None:
    """Give a logo and look how a letter would look with it; nothing is saved."""
    pk = page.url.split("?")[0].rstrip("/").split("/")[-2]
    page.goto(f"/admin/companies/{pk}/settings/logos/")
    file = io.BytesIO()
    picture = Image.new("RGB", (360, 96), "#1d47cd")
    ImageDraw.Draw(picture).text((24, 24), "KUUSAMO", fill="white", font_size=48)
    picture.save(file, "PNG")
    page.locator("input[name=pdf__content]").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    page.get_by_role("button", name="Preview").click()
    page.locator(".sheet img").first.wait_for()


def begin_key(page: Page, _summary: Summary) -> None:
    """Begin a change of key, unless one is under way; the key stays in use until somebody switches."""
    if page.locator("input[name=email]").count():
        page.locator("input[name=email]").fill("integration+2@example.test")
        page.get_by_role("button", name="Make a user with a new key").click()
        page.wait_for_timeout(3000)
        page.reload()


def change_identity(page: Page, _summary: Summary) -> None:
    """Begin a change of business id, unless one is open; ticks stay as they are."""
    if page.get_by_role("button", name="Show the check list").count():
        page.locator("input[name=business_id]").fill("2381004-9")
        page.get_by_role("button", name="Show the check list").click()
        page.wait_for_load_state()


def look_consumers_up(page: Page, _summary: Summary) -> None:
    """Ask for three consumers; their answers are shown once."""
    page.locator("input[name=company]").fill("937655126")
    page.locator("textarea[name=keys]").fill("kari@example.com\n40000001\n17058012345")
    page.get_by_role("button", name="Look them up").click()
    page.locator("#answers").wait_for()


def find_receiver(page: Page, _summary: Summary) -> None:
    """Have the receiver of a failed invoice looked up from the page that mends it; nothing is sent."""
    page.get_by_role("button", name="Look the receiver up").click()
    page.wait_for_load_state()


def validate(page: Page, _summary: Summary) -> None:
    """Ask the Validator about a Peppol invoice whose total is wrong."""
    seller = Party("Puro Puu Oy", "12345671", "FI", "Katu 1", "00100", "Helsinki")
    buyer = Party(_NAME, "22345675", "FI", "Rantatie 4", "57100", "Savonlinna")
    sale = Sale(seller, buyer, "2042", datetime.now(UTC).date(), "Shelf", Decimal(3), Decimal("129.00"), "EUR")
    content = (
        invoices.FORMATS["peppol"](sale)
        .replace('PayableAmount currencyID="EUR">', 'PayableAmount currencyID="EUR">9')
        .encode()
    )
    page.locator("input[type=file]").set_input_files({"name": "2042.xml", "mimeType": "text/xml", "buffer": content})
    page.get_by_role("button", name="Ask AutoInvoice's Validator").click()
    page.locator("#verdict").wait_for()


_ORDER = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID><cbc:ID>T-4711</cbc:ID>
<cac:SellerSupplierParty><cac:Party><cbc:EndpointID schemeID="0192">987654325</cbc:EndpointID>
<cac:PartyLegalEntity><cbc:RegistrationName>Fjordhandel AS</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:SellerSupplierParty></Order>"""


def draft_document(page: Page, summary: Summary) -> None:
    """Give an order and look its receiver up; nothing is sent."""
    page.locator("input[name=company]").fill(summary["companies"][0])
    page.locator("input[name=files]").set_input_files(
        {"name": "T-4711.xml", "mimeType": "text/xml", "buffer": _ORDER.encode()}
    )
    page.get_by_role("button", name="Go on").click()
    page.locator("input[name=find]").fill("0192:987654325")
    page.get_by_role("button", name="Look up").click()
    page.get_by_role("link", name="Use 0192:987654325").wait_for()


def give_documents(page: Page, summary: Summary) -> None:
    """Give orders and a voucher at once: one of them is a stranger's, one is broken."""
    page.locator("input[name=company]").fill(summary["companies"][0])
    files = {f"T-48{number:02}.xml": _ORDER.replace("T-4711", f"T-48{number:02}").encode() for number in range(8)}
    files |= {"T-4803-drawing.pdf": _letter("Drawing"), "voucher.pdf": _letter("Voucher"), "T-4809.xml": b"<Order>"}
    page.locator("input[name=files]").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files.items()]
    )
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="File by file").wait_for()


def send_document(page: Page, summary: Summary) -> None:
    """Send an order, once, and open its page."""
    draft_document(page, summary)
    if not page.locator("#sendings").count():
        page.get_by_role("button", name="Send document").click()
    for _ in range(60):
        made = page.locator("section[aria-labelledby=sendings] a[href*='/sentdocument/']")
        if made.count():
            page.goto(str(made.first.get_attribute("href")))
            return
        page.wait_for_timeout(500)
        page.reload()


def _letter(title: str) -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=14)
    pdf.cell(text=title)
    return bytes(pdf.output())


def check_letters(page: Page, _summary: Summary) -> None:
    """Give three letters to be checked; nothing is printed."""
    letters = [
        {"name": f"notice-{number}.pdf", "mimeType": "application/pdf", "buffer": _letter(f"Notice {number}")}
        for number in range(1, 4)
    ]
    page.locator("input[name=letters]").set_input_files(letters)
    page.get_by_role("button", name="Check the letters").click()
    page.locator("#jobs").wait_for()


def wait_for_alerts(page: Page, _summary: Summary) -> None:
    """Load the list anew until beat has looked."""
    reload_until(page, lambda: page.locator("#result_list tbody a"))


def acknowledge(page: Page, _summary: Summary) -> None:
    """Say that somebody sees to it, unless somebody has."""
    if page.get_by_role("button", name="Acknowledge").count():
        page.locator("textarea[name=note]").fill("Called the customer: a new request goes today.")
        page.get_by_role("button", name="Acknowledge").click()
        page.locator(".pill", has_text="Acknowledged").first.wait_for()


def try_retention(page: Page, _summary: Summary) -> None:
    """Try out what would go, and wait until it is counted."""
    page.get_by_role("button", name="Try out what would go").click()
    page.locator("section[aria-labelledby=run] .pill", has_text="Done").wait_for(timeout=WORK)


def find_person(page: Page, _summary: Summary) -> None:
    """Search for a signer of the story."""
    page.locator("input[name=reference]").fill("Ticket 4711")
    page.locator("input[name=email]").fill("signer@koivurannan-leipomo.example")
    page.get_by_role("button", name="Search").click()
    page.locator("section[aria-labelledby=request] .pill", has_text="To be decided").wait_for(timeout=WORK)
