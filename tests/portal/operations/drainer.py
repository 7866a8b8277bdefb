"""
A worker of its own: drains one account against a remote at a loopback address, then ends.

Run as `python -m tests.portal.operations.drainer ACCOUNT ADDRESS` with the database in the environment.
"""

import sys
import urllib.request
from typing import Any
from uuid import UUID

import django


def main(account_id: int, address: str) -> None:
    django.setup()
    from portal.operations import registry
    from portal.operations.handlers import Calls, Verdict
    from portal.operations.runner import drain
    from tests.portal.operations import kinds

    class OverHttp(kinds.Register):
        def send(self, request: tuple[str, ...], calls: Calls) -> tuple[str, ...]:
            for name in request:
                with urllib.request.urlopen(f"{address}/{name}", timeout=30):
                    pass
            return request

        def resolve(self, request: Any, operation_uuid: UUID, calls: Calls, before: Any) -> Verdict[tuple[str, ...]]:
            raise NotImplementedError

    registry.register(OverHttp)
    drain(account_id)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
