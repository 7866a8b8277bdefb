"""Who may do what with partner accounts, by group; each group also has the rights of those before it."""

GRANTS = {
    "viewer": ["partners.view_partneraccount", "partners.view_apicall"],
    "agent": [],
    "lead": [],
    "admin": ["partners.add_partneraccount", "partners.change_partneraccount"],
}
