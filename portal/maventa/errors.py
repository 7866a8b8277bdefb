"""
What can go wrong when we speak to AutoInvoice, named by what a caller can do about it.

Every error's `args` are its constructor's arguments, so that it can be pickled (task queues do).
"""

from django.utils.translation import gettext as _


class MaventaError(Exception):
    """Base of every failure that this package lets out."""

    @property
    def staff_text(self) -> str:
        """Say in plain words what happened, for a page."""
        return _("The call to AutoInvoice failed.")

    @property
    def remote(self) -> tuple[str, str]:
        """Return AutoInvoice's own code and text, for whoever wants the detail; ("", "") when it said none."""
        return "", ""


class ConfigurationError(MaventaError):
    """Nothing was sent: a setting, address or key is missing or wrong."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def staff_text(self) -> str:
        return _("Nothing was sent, the partner account is not set up right: %(reason)s") % {"reason": self.reason}


class TemporaryError(MaventaError):
    """Surely not carried out; the same call may work later. `retry_after`: seconds, None when nobody said."""

    def __init__(self, retry_after: float | None = None, reason: str = "") -> None:
        super().__init__(retry_after, reason)
        self.retry_after, self.reason = retry_after, reason

    def __str__(self) -> str:
        return self.reason or "not carried out"

    @property
    def staff_text(self) -> str:
        return _("AutoInvoice could not take the call just now; it will be tried again.")

    @property
    def remote(self) -> tuple[str, str]:
        return "", self.reason


class OutcomeUnknownError(MaventaError):
    """A write may have happened; look before sending it again. `repeatable`: it carried our own id."""

    def __init__(self, reason: str = "", repeatable: bool = False) -> None:
        super().__init__(reason, repeatable)
        self.reason, self.repeatable = reason, repeatable

    def __str__(self) -> str:
        return self.reason or "answer lost"

    @property
    def staff_text(self) -> str:
        return _("The answer was lost on the way; the portal looks up whether it took effect.")

    @property
    def remote(self) -> tuple[str, str]:
        return "", self.reason


class UnexpectedResponseError(MaventaError):
    """An answer came that is not what the contract promises. `path`: where in it, as a JSON path, if known."""

    def __init__(self, reason: str = "", path: str = "") -> None:
        super().__init__(reason, path)
        self.reason, self.path = reason, path

    def __str__(self) -> str:
        return f"{self.reason} at {self.path}" if self.path else self.reason

    @property
    def staff_text(self) -> str:
        return _("AutoInvoice gave an answer that the portal does not understand.")

    @property
    def remote(self) -> tuple[str, str]:
        return "", str(self)


class RejectedError(MaventaError):
    """AutoInvoice refused; the same call fails again. `scope`: the right that is probably missing, for a 401."""

    def __init__(
        self, status: int, code: str = "", text: str = "", details: tuple[str, ...] = (), scope: str = ""
    ) -> None:
        super().__init__(status, code, text, details, scope)
        self.status, self.code, self.text, self.details, self.scope = status, code, text, tuple(details), scope

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.status), self.code, self.text, "; ".join(self.details))))

    @property
    def staff_text(self) -> str:
        if self.status == 401 and self.scope:
            return _(
                "AutoInvoice refused the call. "
                "Probably the right %(scope)s is missing, or the company is not verified yet."
            ) % {"scope": self.scope}
        said = "; ".join(filter(None, (self.text, *self.details))) or self.code or str(self.status)
        return _("AutoInvoice refused: %(said)s") % {"said": said}

    @property
    def remote(self) -> tuple[str, str]:
        return self.code or str(self.status), "; ".join(filter(None, (self.text, *self.details)))


class AccessRefusedError(RejectedError):
    """AutoInvoice gave no token: the keys, the company or one of the rights asked for (`scope`) is wrong."""

    @property
    def staff_text(self) -> str:
        return _(
            "AutoInvoice gave no access. "
            "Check the keys of the partner account, and that it has the right %(scope)s for this company."
        ) % {"scope": self.scope}
