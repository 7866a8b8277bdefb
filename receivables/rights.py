"""Who may do what in this app, by group; each group also has the rights of those before it."""

GRANTS = {
    "viewer": [
        "receivables.view_collectionservice",
        "receivables.view_handover",
        "receivables.view_assignment",
        "receivables.view_assignmentevent",
        "receivables.view_invoicecredit",
    ],
    "agent": [
        "receivables.manage_collection",
        "receivables.hand_over_invoice",
        "receivables.add_event",
        "receivables.manage_credit",
    ],
    "lead": ["receivables.unmask_payer", "receivables.withdraw_credit"],
    "admin": [],
}
