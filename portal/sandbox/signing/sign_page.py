"""The signing page: what the signer of an invitation sees, and the two buttons."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.sandbox import html
from portal.sandbox.api import companies
from portal.sandbox.control.errors import from_elsewhere
from portal.sandbox.html import tag
from portal.sandbox.signing import invitations
from portal.sandbox.world import World

TITLE = "Visma Sign"
LANGUAGES = {
    "FI": "Finnish",
    "SE": "Swedish",
    "NO": "Norwegian",
    "DK": "Danish",
    "NL": "Dutch",
    "BE": "Dutch (Belgium)",
    "EN": "English",
}
NOTES = {
    "signed": ("good", "Signed. Thank you, nothing more is needed."),
    "declined": ("bad", "Declined. The companies stay unverified until a new invitation is signed."),
    "expired": ("bad", "This invitation has expired. Ask for a new one; the link in the new message is another."),
    "canceled": ("wait", "This invitation is no longer needed: the company was verified in another way."),
}


def routes(world: World) -> list[Route]:
    async def show(request: Request) -> Response:
        return await run_in_threadpool(_page, world, request.path_params["token"])

    async def decide(request: Request) -> Response:
        if from_elsewhere(request):
            return html.page(TITLE, tag("p", "This form was sent from another site."), status=403)
        async with request.form() as form:
            decision = str(form.get("decision", ""))
        return await run_in_threadpool(_decide, world, request.path_params["token"], decision)

    return [Route("/sign/{token}", show), Route("/sign/{token}", decide, methods=["POST"])]


def _page(world: World, token: str) -> Response:
    invitation = invitations.get(world.db, token)
    if invitation is None:
        text = tag("h1", "No such invitation") + tag("p", "Check that the whole link was copied.", class_="quiet")
        return html.page(TITLE, text, status=404)
    state = invitation.state
    if state == "open" and invitation.expires_at <= world.now():
        state = "expired"
    count = len(invitation.company_ids)
    heading = "Authorization of a company" if count == 1 else f"Authorization of {count} companies"
    parts = [
        tag("h1", heading),
        tag("p", "You are asked to confirm that invoices may be sent and received in the name of:", class_="quiet"),
        _card("Companies", f'<ul class="companies">{_companies(world, invitation)}</ul>'),
        _card("Invitation", _facts(invitation)),
        _form(count) if state == "open" else _note(state),
    ]
    return html.page(TITLE, "\n".join(parts))


def _decide(world: World, token: str, decision: str) -> Response:
    """Do it and show the page again; a second press, or one that comes too late, just shows how it stands."""
    acts: dict[str, Callable[[World, str], invitations.Invitation]] = {
        "sign": invitations.sign,
        "decline": invitations.decline,
    }
    act = acts.get(decision)
    if act is None:
        return html.page(TITLE, tag("p", "Choose to sign or to decline."), status=400)
    try:
        act(world, token)
    except invitations.NotOpenError:
        return RedirectResponse(f"/sign/{token}", 303)
    return RedirectResponse(f"/sign/{token}", 303)


def _card(label: str, body: str) -> str:
    return f'<section class="card" aria-label="{label}">{body}</section>'


def _companies(world: World, invitation: invitations.Invitation) -> str:
    found = [companies.get(world.db, company_id) for company_id in invitation.company_ids]
    return "".join(
        f"<li>{tag('strong', company.name)}{tag('span', f'{company.bid} · {company.country}')}</li>"
        for company in found
        if company
    )


def _facts(invitation: invitations.Invitation) -> str:
    return html.facts(
        [
            ("Sent to", invitation.email),
            ("Language", LANGUAGES.get(invitation.locale, invitation.locale)),
            ("Sent", _day(invitation, "created_at")),
            ("Valid until", _day(invitation, "expires_at")),
        ]
    )


def _day(invitation: invitations.Invitation, name: str) -> str:
    moment = getattr(invitation, name)
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _form(count: int) -> str:
    text = "One signing settles all companies of this request." if count > 1 else ""
    return f"""<form method="post" class="card">
{tag("p", text, class_="quiet") if text else ""}
<div class="buttons">
<button name="decision" value="sign">Sign</button>
<button name="decision" value="decline" class="second">Decline</button>
</div>
</form>"""


def _note(state: str) -> str:
    kind, text = NOTES[state]
    return tag("p", text, class_=f"note {kind}", role="status")
