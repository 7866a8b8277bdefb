"""The app's own pages in the admin, beside its lists."""

from companies import finding
from companies.pages import (
    cases,
    company,
    consumers,
    departments,
    desk,
    dossiers,
    happenings,
    identity_change,
    imports,
    keys,
    matrix,
    network,
    notes,
    onboardings,
    plan,
    requests,
    services,
    settings,
    suppliers,
    takeovers,
    users,
    wizard,
)
from portal import palette
from portal.sites import site


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("onboard/", wizard.start, "onboard")
    own.register_view("onboard/check/", wizard.check, "onboard_check")
    own.register_view("onboard/<int:pk>/discard/", wizard.discard, "onboard_discard")
    own.register_view("onboard/<int:pk>/reopen/", wizard.reopen, "onboard_reopen")
    own.register_view("onboard/<int:pk>/<slug:step>/", wizard.step, "onboard_step")
    own.register_view("onboardings/<int:pk>/", onboardings.show, "onboarding_page")
    own.register_view("onboardings/<int:pk>/live/", onboardings.live, "onboarding_live")
    company.register_tabs()
    cases.register()
    dossiers.register()
    happenings.register()
    notes.register()
    requests.register()
    desk.register()
    imports.register()
    matrix.register()
    network.register()
    plan.register()
    settings.register()
    keys.register()
    users.register()
    services.register()
    departments.register()
    suppliers.register()
    identity_change.register()
    consumers.register()
    takeovers.register()
    palette.register_finder(finding.in_palette)
    own.register_view("companies/<int:pk>/live/", company.live, "company_live")
    own.register_view("companies/<int:pk>/do/<str:kind>/", company.act, "company_act")
