"""What the words of validators mean; a word that is not here is shown as it came, and is no success."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.validation.model import Meaning

_WORDS = {
    Meaning.ERROR: ("error", "errors", "fatal", "invalid", "fail", "failed", "failure", "rejected", "nok", "false"),
    Meaning.WARNING: ("warning", "warnings", "warn"),
    Meaning.ADVICE: ("info", "information", "notice", "hint"),
    Meaning.FINE: ("ok", "valid", "passed", "pass", "success", "successful", "true"),
}
_MEANINGS = {word: meaning for meaning, words in _WORDS.items() for word in words}


def meaning_of(word: str | None) -> Meaning:
    """Return what a word means, however it is written."""
    return _MEANINGS.get((word or "").strip().casefold(), Meaning.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Look:
    """How a verdict and a group of a meaning are shown."""

    says: str | Promise
    title: str | Promise
    hint: str | Promise
    tone: str
    icon: str


LOOKS = {
    Meaning.ERROR: Look(
        _("The file breaks rules."),
        _("Errors"),
        _("Networks and receivers that apply these rules refuse the file. Mend them before sending."),
        "bad",
        "error",
    ),
    Meaning.UNKNOWN: Look(
        _("The verdict is in words that the portal does not know. Do not take it for a success."),
        _("In words that the portal does not know"),
        _("Read what the validator says yourself; the portal cannot tell how grave it is."),
        "warn",
        "help",
    ),
    Meaning.WARNING: Look(
        _("The file is taken, with warnings."),
        _("Warnings"),
        _("The file is taken as it is; receivers may mind."),
        "warn",
        "warning",
    ),
    Meaning.ADVICE: Look(
        _("The file keeps the rules that are in force."),
        _("Advice"),
        _("Rules that are not in force yet, and hints. Nothing is refused for them today."),
        "info",
        "lightbulb",
    ),
    Meaning.FINE: Look(
        _("The file keeps the rules."), _("Passed"), _("Rules that the file keeps."), "good", "check_circle"
    ),
}
