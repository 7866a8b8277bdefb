"""Global location numbers: thirteen digits, the last one checks the others."""

from django.utils.translation import gettext_lazy as _

from portal.operations.handlers import Text


class InvalidGlnError(ValueError):
    """Not a GLN; `text` says why, for staff."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


def parse(text: str) -> str:
    """
    Return a GLN without blanks and hyphens.

    :raises InvalidGlnError: not thirteen digits, or the check digit is another one
    """
    digits = "".join(letter for letter in text if letter not in " -.")
    if len(digits) != 13 or not (digits.isascii() and digits.isdigit()):
        raise InvalidGlnError(_("A GLN has 13 digits."))
    wanted = check_digit(digits[:12])
    if int(digits[-1]) != wanted:
        raise InvalidGlnError(_("The check digit is wrong: the last digit should be %(digit)s.") % {"digit": wanted})
    return digits


def check_digit(twelve: str) -> int:
    """Return the last digit of a GLN: modulo 10, weights 1 and 3 from the left."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return -total % 10
