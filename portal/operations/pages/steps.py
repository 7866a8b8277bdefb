"""The four screens of a batch, as the line of steps above each of them names them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PICK, PREVIEW, PROGRESS, RESULT = "pick", "preview", "progress", "result"
_WORDS = {PICK: _("Pick"), PREVIEW: _("Preview"), PROGRESS: _("Progress"), RESULT: _("Result")}


@dataclass(frozen=True, slots=True)
class Screen:
    label: str | Promise
    done: bool
    current: bool


def steps(current: str) -> list[Screen]:
    """Return the four screens; those before the current one are done."""
    place = list(_WORDS).index(current)
    return [Screen(words, number < place, number == place) for number, words in enumerate(_WORDS.values())]
