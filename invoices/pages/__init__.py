"""The app's own pages in the admin, beside its lists."""

from django.contrib import admin

from companies import tabs
from invoices.pages import company, contents, copy, files, send
from portal.sites import PortalSite


def register() -> None:
    """Hang the pages into the admin site, and the tab into the company's page."""
    site: PortalSite = admin.site  # type: ignore[assignment]
    site.register_view("invoices/send/", send.choose, "invoices_send")
    site.register_view("invoices/files/<int:company_pk>/", files.show, "invoices_files")
    site.register_view("invoices/files/<int:company_pk>/live/", files.live, "invoices_files_live")
    site.register_view("invoices/copy/<int:upload_pk>/", copy.confirm, "invoices_copy")
    site.register_view("invoices/content/<int:pk>/<int:file_pk>/", contents.download, "invoice_file")
    site.register_view("invoices/content/<int:pk>/<int:file_pk>/show/", contents.preview, "invoice_file_preview")
    site.register_view("invoices/given/<int:upload_pk>/", contents.given, "invoice_given_file")
    tabs.register_tab(company.TAB)
