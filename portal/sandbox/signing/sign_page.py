"""The signing page: what the signer of an invitation sees, and the two buttons."""

from contextlib import suppress

from starlette.responses import Response
from starlette.routing import Route

from portal.sandbox import decision_pages, html
from portal.sandbox.api import companies
from portal.sandbox.decision_pages import card
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
    return decision_pages.routes(world, "sign", TITLE, _page, _decide)


def _page(world: World, token: str) -> Response:
    invitation = invitations.get(world.db, token)
    if invitation is None:
        return decision_pages.missing(TITLE, "invitation")
    state = invitation.state
    if state == "open" and invitation.expires_at <= world.now():
        state = "expired"
    count = len(invitation.company_ids)
    hint = "One signing settles all companies of this request." if count > 1 else ""
    heading = "Authorization of a company" if count == 1 else f"Authorization of {count} companies"
    parts = [
        tag("h1", heading),
        tag("p", "You are asked to confirm that invoices may be sent and received in the name of:", class_="quiet"),
        card("Companies", f'<ul class="companies">{_companies(world, invitation)}</ul>'),
        card("Invitation", _facts(invitation)),
        decision_pages.end(state, NOTES, hint),
    ]
    return html.page(TITLE, "\n".join(parts))


def _decide(world: World, token: str, signed: bool) -> None:
    with suppress(invitations.NotOpenError):
        (invitations.sign if signed else invitations.decline)(world, token)


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
