"""The pages behind the lists of operations and batches."""

from portal.operations.pages import batch, operation
from portal.operations.pages.frame import site


def register() -> None:
    """Hang the pages into the admin site."""
    site.register_view("operations/<int:pk>/do/<slug:verb>/", operation.act, "operation_act")
    site.register_view("batches/<int:pk>/live/", batch.live, "batch_live")
    site.register_view("batches/<int:pk>/do/<slug:verb>/", batch.act, "batch_act")
    site.register_view("batches/<int:pk>/rows.csv", batch.download, "batch_rows")
