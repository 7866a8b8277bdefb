"""Who may see runs, drift and gaps, and have companies compared; each group also has the rights of those before it."""

GRANTS = {
    "viewer": ["sync.view_syncrun", "sync.view_drift", "sync.view_gap"],
    "agent": ["sync.reconcile"],
}
