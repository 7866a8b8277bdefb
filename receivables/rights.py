"""Who may do what in this app, by group; each group also has the rights of those before it."""

GRANTS = {
    "viewer": [
        "receivables.view_collectionservice",
        "receivables.view_handover",
        "receivables.view_assignment",
        "receivables.view_assignmentevent",
        "receivables.view_paymentproposal",
        "receivables.view_invoicecredit",
        "receivables.view_messagethread",
        "receivables.view_servicelevel",
    ],
    "agent": [
        "receivables.manage_collection",
        "receivables.hand_over_invoice",
        "receivables.add_event",
        "receivables.manage_credit",
        "receivables.answer_messages",
        "receivables.set_service_level",
    ],
    "lead": [
        "receivables.unmask_payer",
        "receivables.withdraw_credit",
        "receivables.view_billing",
        "receivables.view_replytemplate",
        "receivables.add_replytemplate",
        "receivables.change_replytemplate",
        "receivables.delete_replytemplate",
    ],
    "admin": [],
}
