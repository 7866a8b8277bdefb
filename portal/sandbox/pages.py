"""Everything that is not an API: control, signing pages, Swagger UI."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.sandbox.world import World


def application(world: World) -> Starlette:
    def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "now": world.now().isoformat()})

    return Starlette(routes=[Route("/_sandbox/health", health)])
