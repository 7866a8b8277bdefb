"""Pages on which a person signs or declines, each under a link with a token that nobody can guess."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.sandbox import html
from portal.sandbox.control.errors import from_elsewhere
from portal.sandbox.html import tag
from portal.sandbox.world import World

SIGN, DECLINE = "sign", "decline"
Notes = dict[str, tuple[str, str]]  # kind and text of each state in which nothing is left to decide


def routes(
    world: World,
    path: str,
    title: str,
    show: Callable[[World, str], Response],
    decide: Callable[[World, str, bool], object],
) -> list[Route]:
    """
    Return what answers `/path/token`.

    :param show: makes the page of a token
    :param decide: is given a token, and whether it was signed; a second press, or one too late, changes nothing there
    """

    async def page(request: Request) -> Response:
        return await run_in_threadpool(show, world, request.path_params["token"])

    async def press(request: Request) -> Response:
        if from_elsewhere(request):
            return html.page(title, tag("p", "This form was sent from another site."), status=403)
        async with request.form() as form:
            decision = form.get("decision")
        if decision not in (SIGN, DECLINE):
            return html.page(title, tag("p", "Choose to sign or to decline."), status=400)
        token = request.path_params["token"]
        await run_in_threadpool(decide, world, token, decision == SIGN)
        return RedirectResponse(f"/{path}/{token}", 303)

    return [Route(f"/{path}/{{token}}", page), Route(f"/{path}/{{token}}", press, methods=["POST"])]


def missing(title: str, what: str) -> Response:
    text = tag("h1", f"No such {what}") + tag("p", "Check that the whole link was copied.", class_="quiet")
    return html.page(title, text, status=404)


def end(state: str, notes: Notes, hint: str = "") -> str:
    """
    Return how the matter stands, or the two buttons.

    :param hint: what stands above the buttons
    """
    if state in notes:
        kind, text = notes[state]
        return tag("p", text, class_=f"note {kind}", role="status")
    return f"""<form method="post" class="card">
{tag("p", hint, class_="quiet") if hint else ""}
<div class="buttons">
<button name="decision" value="{SIGN}">Sign</button>
<button name="decision" value="{DECLINE}" class="second">Decline</button>
</div>
</form>"""


def card(label: str, body: str) -> str:
    """
    :param body: markup, already escaped
    """
    return f'<section class="card" aria-label="{label}">{body}</section>'
