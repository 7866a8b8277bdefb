"""Everything that is not an API: control API, signing pages, the page for faults and clock, Swagger UI."""

from starlette.applications import Starlette

from portal.sandbox import control
from portal.sandbox.world import World


def application(world: World) -> Starlette:
    return Starlette(routes=[*control.routes(world)])
