"""
The /v1/company/notifications resource: where AutoInvoice posts its events. Knows no model.

Source: getV1CompanyNotifications and its neighbours; domain.md section 7. There is no change call: a subscription is
replaced by a new one.
"""

from collections.abc import Sequence

from portal import maventa
from portal.maventa import Api, scopes

_PATH = "/v1/company/notifications"


class Notification(maventa.Answer, frozen=True, kw_only=True):
    id: str
    destination_type: str  # VENDOR_WEBHOOK, WEBHOOK; the list may grow
    destination: str  # with its secret: never shown, logged or stored as it is
    events: list[str] | None = None

    def __repr__(self) -> str:
        return f"Notification(id={self.id!r})"


class NotificationService:
    """Subscriptions of the company that the client speaks for; a partner's reach all its customers."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def listed(self) -> list[Notification]:
        """Return all subscriptions of the company. Source: getV1CompanyNotifications."""
        return self._client.call(Api.AX, "GET", _PATH, answer=list[Notification], scope=scopes.COMPANY)

    def create(self, *, destination_type: str, destination: str, events: Sequence[str]) -> Notification:
        """Source: postV1CompanyNotifications."""
        body = {"destination_type": destination_type, "destination": destination, "events": list(events)}
        return self._client.call(Api.AX, "POST", _PATH, answer=Notification, scope=scopes.COMPANY, json=body)

    def delete(self, subscription_id: str) -> None:
        """Source: deleteV1CompanyNotificationsId. 404 when it is gone already."""
        self._client.call(Api.AX, "DELETE", f"{_PATH}/{{id}}", scope=scopes.COMPANY, id=subscription_id)

    def resend_unacknowledged(self) -> None:
        """
        Let all unanswered events be sent again, a little later.

        Source: postV1CompanyNotificationsResendUnacknowledged (experimental).
        """
        self._client.call(Api.AX, "POST", f"{_PATH}_resend_unacknowledged", scope=scopes.COMPANY)
