"""Events of assignments in the Receivables API."""

from collections.abc import Iterator
from typing import Any

import msgspec

from portal import maventa
from portal.maventa import Api
from receivables import wire

_OF_ONE = "/v1/assignments/{assignment_id}/events"


class EventService:
    """Events of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def pages(self, **asked: Any) -> Iterator[list[wire.Event]]:
        """Yield events of all assignments; `asked`: `wire.EVENT_FILTERS`. Source: getV1Events."""
        query = wire.query(wire.EVENT_FILTERS, asked)
        return self._client.pages(Api.RECEIVABLES, "/v1/events", item=wire.Event, scope=wire.SCOPE, params=query)

    def of_assignment(self, assignment_id: str) -> Iterator[list[wire.Event]]:
        """Source: getV1AssignmentsAssignmentIdEvents."""
        return self._client.pages(
            Api.RECEIVABLES, _OF_ONE, item=wire.Event, scope=wire.SCOPE, assignment_id=assignment_id
        )

    def add(self, assignment_id: str, event: wire.NewEvent) -> wire.Event:
        """Source: postV1AssignmentsAssignmentIdEvents."""
        return self._client.call(
            Api.RECEIVABLES,
            "POST",
            _OF_ONE,
            answer=wire.Event,
            scope=wire.SCOPE,
            json=msgspec.to_builtins(event),
            assignment_id=assignment_id,
        )

    def mark_seen(self, assignment_id: str, event_id: str) -> None:
        """Marking twice is marking once. Source: postV1AssignmentsAssignmentIdEventsEventIdSeen."""
        self._client.call(
            Api.RECEIVABLES,
            "POST",
            f"{_OF_ONE}/{{event_id}}/seen",
            scope=wire.SCOPE,
            repeatable=True,
            assignment_id=assignment_id,
            event_id=event_id,
        )
