"""The state of a delivery as a pill."""

from django.utils.safestring import SafeString

from portal.pills import pill
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery

_TONES = {
    DeliveryState.STORED: "info",
    DeliveryState.DONE: "good",
    DeliveryState.IGNORED: "neutral",
    DeliveryState.FAILED: "bad",
}


def of_delivery(delivery: Delivery) -> SafeString:
    """Return the state's pill; one that waits for its next try is a warning."""
    state = DeliveryState(delivery.state)
    tone = "warn" if state is DeliveryState.STORED and delivery.reason else _TONES[state]
    return pill(state.label, tone)
