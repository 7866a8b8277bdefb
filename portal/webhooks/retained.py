"""For how long deliveries are kept: those that are not processed stay."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.retention import Kind, register
from portal.webhooks.enums import DeliveryState

register(
    Kind(
        name="webhooks.deliveries",
        label=_("Deliveries"),
        model_label="webhooks.Delivery",
        made="received_at",
        age="received_at",
        days=180,
        lowest=30,
        why=_("What AutoInvoice told us, as it came: to process it again, and to see when a fact became known."),
        may_go=Q(state__in=(DeliveryState.DONE, DeliveryState.IGNORED)),
        open_label=_("Not processed, or failed"),
    )
)
