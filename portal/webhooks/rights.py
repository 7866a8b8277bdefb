"""Who may do what with webhooks, by group; each group also has the rights of those before it."""

GRANTS = {
    "viewer": ["webhooks.view_delivery", "webhooks.view_subscription"],
    "agent": [],
    "lead": ["webhooks.process_delivery"],
    "admin": ["webhooks.manage_subscriptions"],
}
