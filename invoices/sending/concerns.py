"""What the portal has to say about a file: advice, never in the way."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Concern:
    """Something about a file that staff should know before they send it."""

    code: str
    text: str | Promise
    remedy: str | Promise
