"""Assignments in the Receivables API."""

from collections.abc import Iterator
from typing import Any

from portal import maventa
from portal.maventa import Api
from receivables import wire

_PATH = "/v1/assignments"


class AssignmentService:
    """Assignments of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def pages(self, **asked: Any) -> Iterator[list[wire.Assignment]]:
        """Yield assignments with their events; `asked`: `wire.ASSIGNMENT_FILTERS`. Source: getV1Assignments."""
        query = wire.query(wire.ASSIGNMENT_FILTERS, asked)
        return self._client.pages(Api.RECEIVABLES, _PATH, item=wire.Assignment, scope=wire.SCOPE, params=query)

    def get(self, assignment_id: str) -> wire.Assignment:
        """Return one with its events. Source: getV1AssignmentsAssignmentId."""
        path = f"{_PATH}/{{assignment_id}}"
        return self._client.call(
            Api.RECEIVABLES, "GET", path, answer=wire.Assignment, scope=wire.SCOPE, assignment_id=assignment_id
        )

    def overview(self) -> wire.Overview:
        """Return how many are open, due soon and overdue. Source: getV1AssignmentsOverview."""
        return self._client.call(Api.RECEIVABLES, "GET", f"{_PATH}/overview", answer=wire.Overview, scope=wire.SCOPE)
