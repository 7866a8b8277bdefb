"""The pages behind the lists of operations and batches."""

from portal.operations.pages import batch, operation
from portal.sites import site


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("operations/<int:pk>/do/<slug:verb>/", operation.act, "operation_act")
    own.register_view("batches/<int:pk>/live/", batch.live, "batch_live")
    own.register_view("batches/<int:pk>/do/<slug:verb>/", batch.act, "batch_act")
    own.register_view("batches/<int:pk>/rows.csv", batch.download, "batch_rows")
