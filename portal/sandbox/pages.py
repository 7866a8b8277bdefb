"""Everything that is not an API: control API, signing pages, the page for faults and clock, Swagger UI."""

from starlette.applications import Starlette

from portal.sandbox import console, docs
from portal.sandbox.collection import page
from portal.sandbox.control import routes as control
from portal.sandbox.credit import bank_page
from portal.sandbox.signing import sign_page
from portal.sandbox.world import World


def application(world: World) -> Starlette:
    rooms = (
        control.routes(world),
        console.routes(world),
        sign_page.routes(world),
        bank_page.routes(world),
        page.routes(world),
        docs.routes(),
    )
    app = Starlette(routes=[route for routes in rooms for route in routes])
    app.router.redirect_slashes = False
    return app
