"""
What a kind of operation declares, and the words its steps speak.

An app subclasses `Handler` in its `operations.py` (or a module beneath), once per verb that staff know, and decorates
it with `registry.register`. The runner calls the steps in this order: `missing`, `recheck`, `prepare`, `before`,
`send`, `settle`; and after `prepare` only `resolve` and `settle` when an answer was lost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import msgspec
from django import forms
from django.utils.functional import Promise

from portal import maventa
from portal.operations.enums import Weight
from portal.operations.models import Operation

Text = str | Promise
RequestT = TypeVar("RequestT")
SentT = TypeVar("SentT")

# Makes a client that speaks for one company (None: the partner company) of the operation's account.
Calls = Callable[[UUID | None], maventa.Client]


class NotQueueableError(Exception):
    """A policy says no: nothing was queued. `reason` and `remedy` are for staff."""

    def __init__(self, reason: Text, remedy: Text = "") -> None:
        super().__init__(reason, remedy)
        self.reason, self.remedy = reason, remedy

    @property
    def staff_text(self) -> str:
        """Return reason and remedy as one text."""
        return f"{self.reason} {self.remedy}".strip()


class AlreadyQueuedError(NotQueueableError):
    """The same act for the same target is under way already."""

    def __init__(self, reason: Text, operation_id: int) -> None:
        super().__init__(reason)
        self.args = (reason, operation_id)
        self.operation_id = operation_id


class WillNotHappenError(Exception):
    """A fact that an operation waits for cannot become true any more: it is skipped."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about a refusal, in staff words; whose move it is: staff, customer, signer, support, autoinvoice."""

    text: Text
    by: str = "staff"


@dataclass(frozen=True, slots=True)
class Found(Generic[SentT]):
    """The effect of a lost call is there; `sent` is settled as its answer would have been."""

    sent: SentT


@dataclass(frozen=True, slots=True)
class NotThere:
    """The effect is not there; it counts only after the grace period."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The look-up gave no answer; it is asked again later, unless only a person can tell."""

    why: str = ""
    for_a_person: bool = False  # asking again would say the same


Verdict = Found[SentT] | NotThere | CannotTell


class NoParameters(msgspec.Struct, frozen=True):
    """For kinds whose target says it all."""


class Handler(Generic[RequestT, SentT]):
    """One kind of operation. Stateless: one instance serves all threads."""

    kind: ClassVar[str]  # "companies.register"
    label: ClassVar[Text]  # "Register company"
    verb: ClassVar[Text]  # on buttons: "Register"
    target: ClassVar[str]  # model label: "companies.Company"
    permission: ClassVar[str]  # "companies.register_company"
    weight: ClassVar[Weight] = Weight.OUTWARD
    Parameters: ClassVar[type[msgspec.Struct]] = NoParameters
    form: ClassVar[type[forms.Form] | None] = None  # its cleaned_data are the fields of Parameters

    related: ClassVar[tuple[str, ...]] = ()  # relations of the target, fetched for many operations at once
    group: ClassVar[int] = 1  # most members that one call may carry
    # Several of one company may be settled at once: each writes rows that are its own. Else they are settled in turns.
    is_apart: ClassVar[bool] = False
    max_attempts: ClassVar[int] = 12  # of calls that surely did nothing; with the pauses between, about an hour
    deadline: ClassVar[float | None] = None  # seconds, over the whole call; None: settings.CALL_DEADLINE
    grace: ClassVar[float | None] = None  # seconds before "not there" counts; None: settings.RESOLVE_GRACE
    repeatable: ClassVar[bool] = False  # the write carries our own id
    resolvable: ClassVar[bool] = True  # a lost answer can be looked up; else it becomes a named case for a person
    named_case: ClassVar[Text] = ""  # what the person has to find out, for kinds that are not resolvable

    def check(self, target: Any, parameters: Any) -> None:
        """
        Say whether the act may be queued now. May read the database.

        :raises NotQueueableError: with reason and remedy in staff words
        """

    def missing(self, operation: Operation) -> set[str]:
        """
        Return the facts that are not true yet; the operation waits for all of them.

        :raises WillNotHappenError: one of them cannot become true any more
        """
        return set()

    def group_key(self, operation: Operation) -> str:
        """Return what members of one call must have in common; "" travels alone."""
        return ""

    def group_words(self, key: str) -> str:
        """Return in staff words what the members of a group have in common."""
        return " · ".join(part for part in key.split("|") if part)

    def predecessors(self, operation: Operation) -> bool:
        """
        Tell whether others that could share this call are still on their way; it waits up to 2 s for them.

        The answer is the same for all operations of a kind and batch.
        """
        return False

    def recheck(self, members: list[Operation]) -> None:
        """
        Look once more whether the act is still possible, right before it is sent.

        Not asked before a look-up: what was sent may itself be why the act is no longer possible.

        :raises NotQueueableError: it is not; all members are REFUSED with these words
        """

    def prepare(self, members: list[Operation]) -> RequestT:
        """
        Read all that the call or the look-up of a lost answer needs from the database; return it as one frozen object.

        :raises NotQueueableError: the act is no longer possible; all members are REFUSED with these words
        """
        raise NotImplementedError

    def before(self, request: RequestT) -> dict[str, Any]:
        """Return what was true before the call, kept with the attempt and given back to `resolve`."""
        return {}

    def send(self, request: RequestT, calls: Calls) -> SentT:
        """
        Make the call and return its answer. HTTP only: runs on a thread without a database connection.

        :raises maventa.MaventaError: the runner settles by its kind
        """
        raise NotImplementedError

    def settle(self, operation: Operation, sent: SentT) -> dict[str, Any]:
        """
        Write the mirror rows, announce facts, return what to keep as result. Inside the settling transaction.

        A kind says it for one operation here, or for many in `settle_many`.
        """
        return self.settle_many([(operation, sent)])[0]

    def settle_many(self, answered: Sequence[tuple[Operation, SentT]]) -> list[dict[str, Any]]:
        """
        Settle what came back at about the same time; returns the results in the same order.

        For kinds that run by the thousand: all mirror rows with few statements. When it raises, each is settled alone.
        """
        return [self.settle(operation, sent) for operation, sent in answered]

    def resolve(self, request: RequestT, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[SentT]:
        """Look up whether a call whose answer was lost took effect for one member. HTTP only, as `send`."""
        raise NotImplementedError

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        """Write what a refusal teaches us into our rows ("business id taken"). Inside the settling transaction."""

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        """Write what follows when a person found out that a named case did happen; return the result to keep."""
        return {}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        """Return what staff should do about this refusal; None: the general text."""
        return None

    def parameters_of(self, operation: Operation) -> Any:
        """Return the operation's parameters as this kind's struct."""
        return msgspec.convert(operation.parameters, self.Parameters)
