"""Who may do what in this app, by group; each group also has the rights of those before it."""

GRANTS = {
    "viewer": [
        "invoices.view_invoice",
        "invoices.view_invoicefile",
        "invoices.view_upload",
        "invoices.view_handover",
        "invoices.view_businessdocument",
        "invoices.view_finding",
        "invoices.view_fraudreport",
        "invoices.view_printjob",
    ],
    "agent": [
        "invoices.send_invoice",
        "invoices.handle_invoice",
        "invoices.reroute_invoice",
        "invoices.hand_over",
        "invoices.send_document",
        "invoices.confirm_document",
        "invoices.respond_to_invoice",
        "invoices.rerun_detect",
        "invoices.report_fraud",
        "invoices.send_letters",
        "invoices.send_bank_message",
    ],
    "lead": [
        "invoices.register_printing",
        "invoices.choose_receiving",
        "invoices.manage_detect",
        "invoices.view_handovertarget",
        "invoices.add_handovertarget",
        "invoices.change_handovertarget",
    ],
    "admin": [],
}
