"""What of the contract is simulated, by `API METHOD path`."""

from portal import contract
from portal.sandbox.call import HANDLERS
from portal.sandbox.routing import Operation, Router


def state(operation: Operation) -> str:
    return "simulated" if operation.id in HANDLERS else "501"


def totals() -> dict[str, tuple[int, int]]:
    """Simulated and all operations, by API."""
    operations = Router().operations
    return {
        api: (
            sum(1 for operation in operations if operation.api == api and operation.id in HANDLERS),
            sum(1 for operation in operations if operation.api == api),
        )
        for api in contract.APIS
    }


def table() -> str:
    """Plain text for a terminal."""
    operations = Router().operations
    width = max(len(operation.label) for operation in operations)
    lines = [f"{operation.label:<{width}}  {state(operation)}" for operation in operations]
    return "\n".join([*lines, "", *_total_lines()])


def markdown() -> str:
    """The page kept in the docs."""
    head = [
        "# What the simulator covers",
        "",
        "Written by `python -m portal.sandbox --coverage-file docs/sandbox-coverage.md`; don't edit by hand.",
        "Every operation answers: routing, authorization and validation come from the contract. What is not simulated",
        "yet answers 501 `not_implemented` with its operation id.",
        "",
    ]
    rows = [f"| {item.api} | {item.method} | `{item.path}` | {state(item)} |" for item in Router().operations]
    body = ["| API | method | path | state |", "|---|---|---|---|", *rows]
    return "\n".join([*head, *[f"- {line}" for line in _total_lines()], "", *body, ""])


def _total_lines() -> list[str]:
    counted = totals()
    done, known = (sum(column) for column in zip(*counted.values(), strict=True))
    lines = [f"{api}: {simulated} of {total} simulated" for api, (simulated, total) in counted.items()]
    return [*lines, f"all: {done} of {known} simulated"]
