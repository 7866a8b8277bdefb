"""Who may see sync runs, by group; each group also has the rights of those before it."""

GRANTS = {"viewer": ["sync.view_syncrun"]}
