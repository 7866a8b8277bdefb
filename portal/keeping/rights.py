"""Who sets the rules of retention and removes old rows."""

GRANTS = {
    "admin": [
        "keeping.view_retentionrule",
        "keeping.change_retentionrule",
        "keeping.view_retentionrun",
        "keeping.keep_house",
        "keeping.view_personrequest",
        "keeping.remove_person",
    ],
}
