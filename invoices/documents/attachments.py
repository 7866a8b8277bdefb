"""Files inside of an invoice's XML, as base64: named and measured, never decoded."""

from invoices.documents.branch import Branch
from invoices.documents.details import Attachment


def embedded(
    content: Branch, *, name: str, content_type: str = "", link: str = "", description: str = ""
) -> Attachment:
    text = (content.element.text or "") if content.element is not None else ""
    return Attachment(name, content_type, _size(text) if text else None, link, description)


def _size(base64: str) -> int:
    """Return how many bytes a base64 text stands for, line breaks in it or not."""
    bare = len(base64) - sum(base64.count(blank) for blank in " \r\n\t")
    padding = base64.rstrip()[-2:].count("=")
    return max(bare * 3 // 4 - padding, 0)
