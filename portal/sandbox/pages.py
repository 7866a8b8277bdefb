"""Everything that is not an API: control API, signing pages, the page for faults and clock, Swagger UI."""

from starlette.applications import Starlette

from portal.sandbox import collection_page, console, control, docs, op_page, sign_page
from portal.sandbox.world import World


def application(world: World) -> Starlette:
    rooms = (
        control.routes(world),
        console.routes(world),
        sign_page.routes(world),
        op_page.routes(world),
        collection_page.routes(world),
        docs.routes(),
    )
    app = Starlette(routes=[route for routes in rooms for route in routes])
    app.router.redirect_slashes = False
    return app
