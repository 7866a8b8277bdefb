"""The /v1/fi_bank_messages resource: what senders and receivers of consumers' e-invoices tell the Finnish banks."""

from datetime import datetime

from portal import maventa
from portal.maventa import Api

SEND, RECEIVE = "fi_bank_message:send", "fi_bank_message:receive"
SENDER_INFO, RECEIVER_PROPOSAL, RECEIVER_INFO, ERROR = "SENDERINFO", "RECEIVERPROPOSAL", "RECEIVERINFO", "ERROR"


class BankMessageStatus(maventa.Answer, frozen=True, kw_only=True):
    status: str | None = None  # OK, ERROR; None: the bank network has not answered
    error_message_id: str | None = None


class ListedMessage(maventa.Answer, frozen=True, kw_only=True):
    """One line of a list; its form is not documented, so everything but the id may be missing."""

    id: str
    created_at: maventa.Instant | None = None
    status: str | None = None


class BankMessageService:
    """Bank messages of the Finnish company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def send(self, file: maventa.FilePart) -> str:
        """
        Hand over one message and return its id, "" when the answer does not name it. Source: postV1FiBankMessages.

        :raises maventa.RejectedError: 400 no message of a kind that can be sent
        """
        answer = self._client.call(
            Api.AX, "POST", "/v1/fi_bank_messages", answer=maventa.Whole, scope=SEND, files=[file]
        )
        return answer.headers.get("Location", "").rstrip("/").rpartition("/")[2][:64]

    def status(self, message_id: str) -> BankMessageStatus:
        """Return whether the bank network took a sent message. Source: getV1FiBankMessagesId."""
        return self._client.call(
            Api.AX, "GET", "/v1/fi_bank_messages/{id}", answer=BankMessageStatus, scope=SEND, id=message_id
        )

    def sent(self, kind: str, since: datetime, until: datetime) -> list[ListedMessage]:
        """Return the sent messages of a kind. Source: getV1FiBankMessagesSentMessages."""
        return self._listed("sent_messages", SEND, since, until, message_type=kind)

    def received(self, since: datetime, until: datetime) -> list[ListedMessage]:
        """Return what consumers asked for, as far as it was not deleted. Source: getV1FiBankMessagesRiMessages."""
        return self._listed("ri_messages", RECEIVE, since, until)

    def errors(self, since: datetime, until: datetime) -> list[ListedMessage]:
        """Return the bank network's refusals. Source: getV1FiBankMessagesErrorMessages."""
        return self._listed("error_messages", RECEIVE, since, until)

    def sent_message(self, message_id: str) -> bytes:
        """Return a sent message as it was given. Source: getV1FiBankMessagesSentMessagesId."""
        return self._content("sent_messages", SEND, message_id)

    def received_message(self, message_id: str) -> bytes:
        """Return a consumer's message. Source: getV1FiBankMessagesRiMessagesId."""
        return self._content("ri_messages", RECEIVE, message_id)

    def error_message(self, message_id: str) -> bytes:
        """Return why a message was refused. Source: getV1FiBankMessagesErrorMessagesId."""
        return self._content("error_messages", RECEIVE, message_id)

    def _listed(self, name: str, scope: str, since: datetime, until: datetime, **more: str) -> list[ListedMessage]:
        asked = {"timestamp_start": since, "timestamp_end": until, **more}
        answer = self._client.call(
            Api.AX, "GET", f"/v1/fi_bank_messages/{name}", answer=maventa.Whole, scope=scope, params=asked
        )
        found: list[ListedMessage | str] = answer.read(list[ListedMessage | str])
        return [ListedMessage(id=one) if isinstance(one, str) else one for one in found]

    def _content(self, name: str, scope: str, message_id: str) -> bytes:
        content: bytes = self._client.call(
            Api.AX, "GET", f"/v1/fi_bank_messages/{name}/{{id}}", answer=bytes, scope=scope, id=message_id
        )
        return content
