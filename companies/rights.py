"""Who may do what in this app, by group; each group also has the rights of those before it."""

GRANTS = {
    "viewer": [
        "companies.view_company",
        "companies.view_onboarding",
        "companies.view_authorization",
        "companies.view_networkprofile",
        "companies.view_companyuser",
        "companies.view_case",
        "companies.view_proofofreception",
        "companies.refresh_company",
    ],
    "agent": [
        "companies.add_onboarding",
        "companies.change_onboarding",
        "companies.delete_onboarding",
        "companies.register_company",
        "companies.authorize_company",
        "companies.remind_signer",
        "companies.mark_authorization",
        "companies.activate_network",
        "companies.work_case",
        "companies.prove_reception",
        "companies.keep_company_active",
        "companies.link_company",
    ],
    "lead": [
        "companies.change_reminderrule",
        "companies.change_remindertemplate",
        "companies.manage_company_users",
        "companies.change_company_settings",
        "companies.unlink_company",
    ],
    "admin": [],
}
