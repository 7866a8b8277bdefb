"""What Unfold asks of us: the sidebar by the work of staff, the environment badge, the palette."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.partners.models import Environment, PartnerAccount

_BADGES = {
    Environment.PRODUCTION: (_("Production"), "danger"),
    Environment.STAGE: (_("Stage"), "warning"),
    Environment.SANDBOX: (_("Sandbox"), "info"),
}

# (title, [(title, icon, url name, permission)])
_SIDEBAR: list[tuple[Any, list[tuple[Any, str, str, str]]]] = [
    (
        _("Overview"),
        [
            (_("Dashboard"), "space_dashboard", "index", ""),
            (_("Alerts"), "notifications_active", "alerts_alert_changelist", "alerts.view_alert"),
        ],
    ),
    (
        _("Companies"),
        [
            (_("Companies"), "domain", "companies_company_changelist", "companies.view_company"),
            (_("Onboard a company"), "domain_add", "onboard", "companies.add_onboarding"),
            (_("Onboard from a file"), "upload_file", "onboard_file", "companies.add_onboarding"),
            (_("Signature desk"), "signature", "desk", "companies.view_authorization"),
            (_("Onboardings"), "pending_actions", "companies_onboarding_changelist", "companies.view_onboarding"),
            (_("Networks"), "grid_on", "networks", "companies.view_company"),
            (_("Quiet companies"), "bedtime", "companies_quietcompany_changelist", "companies.view_company"),
            (_("Network profiles"), "hub", "companies_networkprofile_changelist", "companies.view_networkprofile"),
            (_("Cases"), "support", "companies_case_changelist", "companies.view_case"),
            (_("Check a dossier"), "policy", "dossier_verify", "companies.view_dossierentry"),
            (_("Tags"), "sell", "companies_tag_changelist", "companies.view_tag"),
            (_("Services"), "home_repair_service", "companies_servicestate_changelist", "companies.view_servicestate"),
            (_("Take an account over"), "move_up", "takeover_new", "companies.take_over_company"),
            (_("Look consumers up"), "person_search", "consumers", "companies.look_up_consumers"),
        ],
    ),
    (
        _("Invoices"),
        [
            (_("Sent"), "outbox", "invoices_sentinvoice_changelist", "invoices.view_invoice"),
            (_("Received"), "inbox", "invoices_receivedinvoice_changelist", "invoices.view_invoice"),
            (_("Failed"), "error", "invoices_failed", "invoices.view_invoice"),
            (_("Detect warnings"), "gpp_maybe", "invoices_finding_changelist", "invoices.view_finding"),
            (_("Fraud reports"), "gavel", "invoices_fraudreport_changelist", "invoices.view_fraudreport"),
            (_("Receiving"), "move_to_inbox", "receiving", "invoices.view_invoice"),
            (_("Hand-overs"), "forward_to_inbox", "invoices_handover_changelist", "invoices.view_handover"),
            (
                _("Hand-over targets"),
                "hub",
                "invoices_handovertarget_changelist",
                "invoices.view_handovertarget",
            ),
            (_("Send invoices"), "send", "invoices_send", "invoices.send_invoice"),
            (_("Files to send"), "draft", "invoices_upload_changelist", "invoices.view_upload"),
            (_("Validator"), "fact_check", "validator", "invoices.send_invoice"),
        ],
    ),
    (
        _("Receivables"),
        [
            (_("To hand over"), "gavel", "receivables_overdueinvoice_changelist", "receivables.hand_over_invoice"),
            (_("Handed over"), "forward", "receivables_handover_changelist", "receivables.view_handover"),
            (_("Assignments"), "folder_open", "receivables_assignment_changelist", "receivables.view_assignment"),
            (
                _("Paid, but at an agency"),
                "price_check",
                "receivables_paymentproposal_changelist",
                "receivables.view_paymentproposal",
            ),
            (_("Events"), "campaign", "receivables_assignmentevent_changelist", "receivables.view_assignmentevent"),
            (
                _("Agencies"),
                "handshake",
                "receivables_collectionservice_changelist",
                "receivables.view_collectionservice",
            ),
            (_("Inbox"), "forum", "inbox", "receivables.view_messagethread"),
            (
                _("Invoice credit"),
                "account_balance",
                "receivables_invoicecredit_changelist",
                "receivables.view_invoicecredit",
            ),
            (
                _("Answer templates"),
                "quickreply",
                "receivables_replytemplate_changelist",
                "receivables.add_replytemplate",
            ),
            (_("Money"), "savings", "money", "receivables.view_assignment"),
            (_("Service levels"), "star", "receivables_servicelevel_changelist", "receivables.view_servicelevel"),
            (_("Billing"), "receipt_long", "billing", "receivables.view_billing"),
        ],
    ),
    (
        _("Documents"),
        [
            (_("Sent documents"), "outbox_alt", "invoices_sentdocument_changelist", "invoices.view_businessdocument"),
            (
                _("Received documents"),
                "move_to_inbox",
                "invoices_receiveddocument_changelist",
                "invoices.view_businessdocument",
            ),
            (_("Send documents"), "note_stack_add", "document_new", "invoices.send_document"),
        ],
    ),
    (
        _("Letters"),
        [
            (_("Print jobs"), "print", "invoices_printjob_changelist", "invoices.view_printjob"),
            (_("Print letters"), "mark_as_unread", "print_new", "invoices.send_letters"),
        ],
    ),
    (
        _("Work"),
        [
            (_("Batches"), "stacks", "operations_batch_changelist", "operations.view_batch"),
            (_("Error atlas"), "menu_book", "atlas", "atlas.view_unknownerror"),
            (_("Operations"), "sync_alt", "operations_operation_changelist", "operations.view_operation"),
        ],
    ),
    (
        _("In step"),
        [
            (_("Deliveries"), "webhook", "webhooks_delivery_changelist", "webhooks.view_delivery"),
            (_("Subscriptions"), "notifications", "webhooks_subscription_changelist", "webhooks.view_subscription"),
            (_("Drift"), "difference", "sync_drift_changelist", "sync.view_drift"),
            (_("Gaps"), "rule", "sync_gap_changelist", "sync.view_gap"),
            (_("Sync runs"), "sync", "sync_syncrun_changelist", "sync.view_syncrun"),
            (_("Call log"), "receipt_long", "partners_apicall_changelist", "partners.view_apicall"),
        ],
    ),
    (
        _("System"),
        [
            (_("Partner accounts"), "key", "partners_partneraccount_changelist", "partners.view_partneraccount"),
            (_("Retention"), "auto_delete", "keeping_retentionrun_changelist", "keeping.view_retentionrun"),
            (_("Personal data"), "person_remove", "keeping_personrequest_changelist", "keeping.remove_person"),
            (_("Retention rules"), "rule", "keeping_retentionrule_changelist", "keeping.view_retentionrule"),
            (_("Alert rules"), "rule_settings", "alerts_alertrule_changelist", "alerts.view_alertrule"),
            (_("Alert destinations"), "forward_to_inbox", "alerts_destination_changelist", "alerts.view_destination"),
            (_("Users"), "person", "auth_user_changelist", "auth.view_user"),
            (_("Groups"), "group", "auth_group_changelist", "auth.view_group"),
        ],
    ),
]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar's groups with the links this viewer may follow."""
    groups: list[dict[str, Any]] = []
    for title, items in _SIDEBAR:
        links = [
            {"title": text, "icon": icon, "link": _address(name)}
            for text, icon, name, permission in items
            if not permission or request.user.has_perm(permission)
        ]
        if links:
            groups.append({"title": title, "separator": bool(groups), "items": links})
    _mark_active(request.path, [link for group in groups for link in group["items"]])
    return groups


def _mark_active(path: str, links: list[dict[str, Any]]) -> None:
    """Mark the link whose page, or the closest one above it, is open."""
    index = _address("index")
    above = [
        link["link"] for link in links if path.startswith(link["link"]) and (link["link"] != index or path == index)
    ]
    closest = max(above, key=len, default="")
    for link in links:
        link["active"] = link["link"] == closest


@cache
def _address(name: str) -> str:
    """Return the address of a page; sixty are looked up for every page, and they stay what they are."""
    return reverse(f"admin:{name}")


def environment(request: HttpRequest) -> tuple[Any, str] | None:
    """Return the badge of the most serious environment among the viewer's accounts."""
    if not request.user.is_authenticated:
        return None
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    present = set(accounts.values_list("environment", flat=True).distinct())
    return next((badge for environment, badge in _BADGES.items() if environment in present), None)
