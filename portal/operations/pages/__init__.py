"""The pages behind the lists of operations and batches."""

from django.contrib import admin

from portal.operations.pages import batch, operation
from portal.sites import PortalSite


def register() -> None:
    """Hang the pages into the admin site."""
    site: PortalSite = admin.site  # type: ignore[assignment]
    site.register_view("operations/<int:pk>/do/<slug:verb>/", operation.act, "operation_act")
    site.register_view("batches/<int:pk>/live/", batch.live, "batch_live")
    site.register_view("batches/<int:pk>/do/<slug:verb>/", batch.act, "batch_act")
    site.register_view("batches/<int:pk>/rows.csv", batch.download, "batch_rows")
