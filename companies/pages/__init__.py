"""The app's own pages in the admin, beside its lists."""

from django.contrib import admin

from companies import finding
from companies.pages import company, files, onboardings, wizard
from portal import palette
from portal.sites import PortalSite


def register() -> None:
    """Hang the pages into the admin site."""
    site: PortalSite = admin.site  # type: ignore[assignment]
    site.register_view("onboard/", wizard.start, "onboard")
    site.register_view("onboard/check/", wizard.check, "onboard_check")
    site.register_view("onboard/file/", files.upload, "onboard_file")
    site.register_view("onboard/<int:pk>/discard/", wizard.discard, "onboard_discard")
    site.register_view("onboard/<int:pk>/reopen/", wizard.reopen, "onboard_reopen")
    site.register_view("onboard/<int:pk>/<slug:step>/", wizard.step, "onboard_step")
    site.register_view("onboardings/<int:pk>/", onboardings.show, "onboarding_page")
    site.register_view("onboardings/<int:pk>/live/", onboardings.live, "onboarding_live")
    company.register_tabs()
    palette.register_finder(finding.in_palette)
    site.register_view("companies/<int:pk>/live/", company.live, "company_live")
    site.register_view("companies/<int:pk>/do/<str:kind>/", company.act, "company_act")
