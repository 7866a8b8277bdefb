"""What AutoInvoice said when it refused an operation, as the error atlas reads it; the area is the kind's app."""

from collections.abc import Iterable

from portal.atlas import advice, catalogue, texts, unknown
from portal.operations.enums import State
from portal.operations.models import Operation

_OURS = ("policy", "attempts", "configuration", "settle")  # codes of ends that AutoInvoice had no part in


def count_unknown(operations: Iterable[Operation]) -> None:
    """Count the refusals that no entry of the atlas fits. Inside the settling transaction."""
    for operation in operations:
        if operation.state == State.REFUSED and operation.error_code not in _OURS:
            area, code, text = said(operation)
            if catalogue.area_of(area) and not catalogue.match(area, code, text, operation.error_text):
                unknown.key_of(area, code, text)


def said(operation: Operation) -> tuple[str, str, str]:
    """Return area, code and text: the details say what is wrong here, the message only what can be."""
    code = "unauthorized" if operation.error_code == "401" else operation.error_code
    return operation.kind.partition(".")[0], code, "\n".join(operation.error_details) or operation.error_text


def remedy_of(operation: Operation) -> str:
    """
    Return what to do about an operation's end, in the viewer's language where the atlas has it.

    What a kind says in words of its own stays as it was written; what staff have explained since is shown.
    """
    area, code, text = said(operation)
    if operation.state != State.REFUSED or operation.error_code in _OURS or not catalogue.area_of(area):
        return operation.remedy
    entry = catalogue.match(area, code, text, operation.error_text)
    if entry is None:
        found = advice.find(area, code, text, operation.error_text)
        return found.text if found else operation.remedy
    is_from_atlas = operation.remedy == advice.of_entry(area, entry, texts.ENGLISH).text
    return advice.of_entry(area, entry).text if is_from_atlas else operation.remedy
