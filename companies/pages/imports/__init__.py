"""Pages of the import: upload, columns, errors, one row, and the file back. The plan has pages of its own."""

from companies.pages.imports import columns, downloads, rows, upload
from portal.sites import site


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("onboard/file/", upload.upload, "onboard_file")
    own.register_view("onboard/file/<int:pk>/", upload.show, "import_file")
    own.register_view("onboard/file/<int:pk>/live/", upload.live, "import_live")
    own.register_view("onboard/file/<int:pk>/columns/", columns.choose, "import_mapping")
    own.register_view("onboard/file/<int:pk>/sheet/", columns.sheet, "import_sheet")
    own.register_view("onboard/file/<int:pk>/errors/", rows.errors, "import_errors")
    own.register_view("onboard/file/<int:pk>/go-on/", rows.go_on, "import_go_on")
    own.register_view("onboard/file/<int:pk>/rows/<int:number>/", rows.correct, "import_row")
    own.register_view("onboard/file/<int:pk>/rows/<int:number>/leave-out/", rows.leave_out, "import_leave_out")
    own.register_view("onboard/file/<int:pk>/download/<slug:kind>/", downloads.download, "import_download")
