"""Who may do what in the atlas, by group; each group also has the rights of those before it."""

GRANTS = {
    "viewer": ["atlas.view_unknownerror"],
    "agent": [],
    "lead": ["atlas.change_unknownerror"],
    "admin": [],
}
