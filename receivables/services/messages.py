"""Talks with the agencies (Receivables API, scope receivables:assignments); names in `receivables.wire`."""

from collections.abc import Iterator

from portal import maventa
from portal.maventa import Api
from receivables import wire

_THREADS, _THREAD = "/v1/message_threads", "/v1/message_threads/{thread_id}"
_OF_CASE = "/v1/assignments/{assignment_id}/messages"


class MessageService:
    """Threads and messages of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def threads(self) -> Iterator[list[wire.MessageThread]]:
        """Yield all threads with their newest message, page by page. Source: getV1MessageThreads."""
        return self._client.pages(Api.RECEIVABLES, _THREADS, item=wire.MessageThread, scope=wire.SCOPE)

    def thread(self, thread_id: str) -> wire.MessageThread:
        """Source: getV1MessageThreadsThreadId."""
        return self._client.call(
            Api.RECEIVABLES, "GET", _THREAD, answer=wire.MessageThread, scope=wire.SCOPE, thread_id=thread_id
        )

    def flag(self, thread_id: str, *, flagged: bool) -> None:
        """Source: patchV1MessageThreadsThreadId."""
        self._client.call(
            Api.RECEIVABLES, "PATCH", _THREAD, scope=wire.SCOPE, json=wire.thread_change(flagged), thread_id=thread_id
        )

    def messages(self, thread_id: str) -> list[wire.Message]:
        """Return all messages of a thread, the oldest first. Source: getV1MessageThreadsThreadIdMessages."""
        path = f"{_THREAD}/messages"
        pages = self._client.pages(Api.RECEIVABLES, path, item=wire.Message, scope=wire.SCOPE, thread_id=thread_id)
        return [message for page in pages for message in page]

    def write(self, thread_id: str, text: str) -> wire.Message:
        """Add a message; carries no id of ours. Source: postV1MessageThreadsThreadIdMessages."""
        return self._client.call(
            Api.RECEIVABLES, "POST", f"{_THREAD}/messages", answer=wire.Message, scope=wire.SCOPE,
            json=wire.new_message(text), thread_id=thread_id,
        )  # fmt: skip

    def messages_of_case(self, assignment_id: str) -> list[wire.Message]:
        """Return the messages about one assignment. Source: getV1AssignmentsAssignmentIdMessages."""
        pages = self._client.pages(
            Api.RECEIVABLES, _OF_CASE, item=wire.Message, scope=wire.SCOPE, assignment_id=assignment_id
        )
        return [message for page in pages for message in page]

    def write_about_case(self, assignment_id: str, text: str) -> wire.Message:
        """Add a message; opens a thread if there is none. Source: postV1AssignmentsAssignmentIdMessages."""
        return self._client.call(
            Api.RECEIVABLES, "POST", _OF_CASE, answer=wire.Message, scope=wire.SCOPE, json=wire.new_message(text),
            assignment_id=assignment_id,
        )  # fmt: skip

    def mark_seen(self, message_id: str) -> None:
        """Once or again, it is the same. Source: putV1MessagesMessageIdSeen."""
        self._client.call(
            Api.RECEIVABLES, "PUT", "/v1/messages/{message_id}/seen", scope=wire.SCOPE, message_id=message_id
        )
