"""Puts the simulator together: handlers, world, gateway, pages."""

import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path

from portal.sandbox import api, pages, partner
from portal.sandbox.app import Application
from portal.sandbox.clock import Pace
from portal.sandbox.gateway import Gateway
from portal.sandbox.world import World


@dataclass(slots=True)
class Sandbox:
    """A simulator that is ready to be served."""

    world: World
    app: Application

    def credentials(self) -> dict[str, str]:
        """Addresses of the five APIs and the keys of the ready partner company."""
        base = self.world.base_url
        addresses = {
            f"{name}_url": f"{base}/{name}" for name in ("ax", "receivables", "validator", "payslip", "billing")
        }
        return addresses | partner.keys(self.world.db)

    def close(self) -> None:
        self.app.gateway.close()
        self.world.stop()


def load_handlers() -> None:
    """Import every module of `portal.sandbox.api`: handlers, tables, jobs and seeds register themselves."""
    for module in pkgutil.iter_modules(api.__path__):
        importlib.import_module(f"{api.__name__}.{module.name}")


def assemble(state: Path | None = None, pace: Pace = "fast", *, check_answers: bool = False) -> Sandbox:
    """:raises portal.sandbox.store.StateFileError: the state file can't be used"""
    load_handlers()
    world = World(state, pace)
    gateway = Gateway(world, check_answers=check_answers)
    return Sandbox(world, Application(gateway, pages.application(world)))
