"""Who sees alerts, takes them on, and sets their rules; each group also has the rights of those before it."""

GRANTS = {
    "viewer": ["alerts.view_alert"],
    "agent": ["alerts.work_alert"],
    "admin": [
        f"alerts.{verb}_{model}"
        for model in ("alertrule", "destination")
        for verb in ("view", "add", "change", "delete")
    ],
}
