"""Who sees operations and batches. What anybody may do with one is decided by the permission of its kind."""

GRANTS = {
    "viewer": ["operations.view_operation", "operations.view_batch"],
}
