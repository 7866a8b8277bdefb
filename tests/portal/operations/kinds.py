"""
A small remote world, and kinds of operations that act on it.

The target of every operation is a Group; "registering" it adds its name to the remote's register and, when settled,
puts a mark into the group's name, as a mirror row would be written.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.contrib.auth.models import Group

from portal import maventa
from portal.operations import facts, registry
from portal.operations.enums import Weight
from portal.operations.handlers import (
    Calls,
    CannotTell,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Verdict,
    WillNotHappenError,
)
from portal.operations.models import Operation


@dataclass
class Remote:
    """What happened at the other end, and what goes wrong on the way there."""

    effects: Counter[str] = field(default_factory=Counter)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    faults: dict[str, list[Callable[[], None]]] = field(default_factory=dict)  # by name, one for each call, in order
    blind: bool = False  # look-ups fail
    latency: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def act(self, *names: str) -> None:
        """Carry out one call that carries all `names`."""
        with self.lock:
            self.calls.append(names)
            planned = [self.faults[name].pop(0) for name in names if self.faults.get(name)]
        time.sleep(self.latency)
        for fault in planned:
            fault()
        with self.lock:
            self.effects.update(names)

    def fails(self, name: str, *errors: Exception) -> None:
        """The next calls for `name` fail before anything happens."""
        self.faults.setdefault(name, []).extend(_raiser(error) for error in errors)

    def loses_answer(self, name: str, error: Exception | None = None) -> None:
        """The next call for `name` takes effect, but its answer is lost."""

        def lose() -> None:
            self.effects[name] += 1
            raise error or maventa.OutcomeUnknownError("answer lost")

        self.faults.setdefault(name, []).append(lose)


def _raiser(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


remote = Remote()
registered: set[str] = set()  # names of groups whose fact "group.registered" is true
impossible: set[str] = set()  # names of groups that will never be registered
poisoned: set[str] = set()  # names whose settling fails
too_late: set[str] = set()  # names that nothing can be sent for any more


class Options(msgspec.Struct, frozen=True):
    network: str = ""


class Register(Handler[tuple[str, ...], tuple[str, ...]]):
    kind, label, verb = "tests.register", "Register group", "Register"
    target, permission = "auth.Group", "auth.change_group"
    Parameters = Options
    grace = 0.0
    deadline = 0.0

    def check(self, target: Group, parameters: Options) -> None:
        if target.name.startswith("forbidden"):
            raise NotQueueableError("This one is forbidden.", "Choose another.")

    def recheck(self, members: list[Operation]) -> None:
        if any(member.target.name.startswith("late") or member.target.name in too_late for member in members):
            raise NotQueueableError("It is too late.", "Do nothing.")

    def prepare(self, members: list[Operation]) -> tuple[str, ...]:
        return tuple(member.target.name for member in members)

    def send(self, request: tuple[str, ...], calls: Calls) -> tuple[str, ...]:
        remote.act(*request)
        return request

    def settle(self, operation: Operation, sent: tuple[str, ...]) -> dict[str, Any]:
        name = operation.target.name
        if name in poisoned:
            Group.objects.filter(pk=operation.target_id).update(name=f"{name} half written")
            raise ZeroDivisionError("a mistake in the handler")
        registered.add(name)
        Group.objects.filter(pk=operation.target_id).update(name=f"{name} registered")
        facts.announce("group.registered", name)
        return {"members": len(sent)}

    def resolve(
        self, request: tuple[str, ...], operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[tuple[str, ...]]:
        if remote.blind:
            return CannotTell("the look-up is closed")
        return Found(request) if remote.effects[request[0]] else NotThere()


class Activate(Register):
    """Waits for the group to be registered."""

    kind, label, verb = "tests.activate", "Activate group", "Activate"

    def missing(self, operation: Operation) -> set[str]:
        name = operation.target.name.removesuffix(" registered")
        if name in impossible:
            raise WillNotHappenError("Registration was refused.")
        return set() if name in registered else {facts.key("group.registered", name)}

    def prepare(self, members: list[Operation]) -> tuple[str, ...]:
        return tuple(f"activate {member.target.name.removesuffix(' registered')}" for member in members)

    def settle(self, operation: Operation, sent: tuple[str, ...]) -> dict[str, Any]:
        return {}


class Authorize(Register):
    """Up to five in one call, all of one network."""

    kind, label, verb = "tests.authorize", "Authorize group", "Authorize"
    group = 5
    expecting = False

    def group_key(self, operation: Operation) -> str:
        return f"network {operation.parameters['network']}"

    def predecessors(self, operation: Operation) -> bool:
        return type(self).expecting


class Repeatable(Register):
    """Carries our own id."""

    kind, label, verb = "tests.send", "Send group", "Send"
    repeatable = True


class Blind(Register):
    """Cannot be looked up."""

    kind, label, verb = "tests.invite", "Invite group", "Invite"
    resolvable = False
    named_case = "Ask the group whether it was invited."

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        return {"confirmed": True}


class Refresh(Register):
    """Only reads."""

    kind, label, verb = "tests.refresh", "Refresh group", "Refresh"
    weight = Weight.INWARD


class Careless(Register):
    """Touches the database where it must not."""

    kind, label, verb = "tests.careless", "Careless", "Careless"
    resolvable = False

    def send(self, request: tuple[str, ...], calls: Calls) -> tuple[str, ...]:
        Group.objects.count()
        return super().send(request, calls)


ALL = (Register, Activate, Authorize, Repeatable, Blind, Refresh, Careless)


def register_all() -> None:
    for handler in ALL:
        registry.register(handler)


def reset() -> None:
    remote.__init__()  # type: ignore[misc]
    for names in (registered, impossible, poisoned, too_late):
        names.clear()
    Authorize.expecting = False
