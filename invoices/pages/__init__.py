"""The app's own pages in the admin, beside its lists."""

from typing import cast

from companies import tabs
from invoices.pages import (
    answers,
    bank_messages,
    company,
    contents,
    copy,
    defaults,
    delivery_proof,
    detect,
    document_send,
    documents,
    drop,
    failed,
    files,
    fraud,
    invoice,
    mend,
    missing,
    printing,
    received,
    receivers,
    receiving,
    reroute,
    send,
    validator,
)
from portal.sites import View, site


def register() -> None:
    """Hang the pages into the admin site, and the tab into the company's page."""
    own = site()
    own.register_view("invoices/send/", send.choose, "invoices_send")
    own.register_view("invoices/send/portion/", send.portion, "invoices_portion")
    own.register_view("invoices/send/<int:pk>/", drop.show, "invoices_drop")
    own.register_view("invoices/send/<int:pk>/live/", drop.live, "invoices_drop_live")
    own.register_view("invoices/send/<int:pk>/company/", drop.choose, "invoices_drop_company")
    own.register_view("invoices/send/<int:pk>/go-on/", drop.go_on, "invoices_drop_go_on")
    own.register_view("invoices/send/<int:pk>/rows/", cast("View", drop.download), "invoices_drop_rows")
    own.register_view("invoices/receivers/<int:company_pk>/", receivers.find, "invoices_receivers")
    own.register_view("invoices/operators/<int:company_pk>/", receivers.operators, "invoices_operators")
    own.register_view("invoices/defaults/<int:company_pk>/", defaults.edit, "invoices_defaults")
    own.register_view("invoices/files/<int:company_pk>/", files.show, "invoices_files")
    own.register_view("invoices/files/<int:company_pk>/live/", files.live, "invoices_files_live")
    own.register_view("invoices/page/<int:pk>/live/", invoice.live, "invoice_live")
    own.register_view("invoices/page/<int:pk>/look/", invoice.look, "invoice_look")
    own.register_view("invoices/page/<int:pk>/reroute/<str:route>/", reroute.show, "invoice_reroute")
    own.register_view("invoices/page/<int:pk>/settled/", failed.settle, "invoice_settle")
    own.register_view("invoices/page/<int:pk>/resend/", failed.resend, "invoice_resend")
    own.register_view("invoices/page/<int:pk>/mend/", mend.invoice, "invoice_mend")
    own.register_view("invoices/given/<int:upload_pk>/mend/", mend.upload, "upload_mend")
    own.register_view("invoices/page/<int:pk>/proof/", delivery_proof.show, "invoice_proof")
    own.register_view("invoices/failed/", failed.show, "invoices_failed")
    own.register_view("invoices/copy/<int:upload_pk>/", copy.confirm, "invoices_copy")
    received.register()
    receiving.register()
    missing.register()
    detect.register()
    fraud.register()
    own.register_view("invoices/given/<int:upload_pk>/", cast("View", contents.given), "invoice_given_file")
    own.register_view("validator/", validator.check, "validator")
    own.register_view("validator/given/<int:upload_pk>/", validator.check_given, "validator_given")
    for module in (documents, document_send, answers, printing, bank_messages):
        module.register()
    tabs.register_tab(company.TAB)
    tabs.register_tab(documents.TAB)
    tabs.register_tab(printing.TAB)
    tabs.register_tab(bank_messages.TAB)
