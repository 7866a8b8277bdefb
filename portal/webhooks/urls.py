"""The address that AutoInvoice posts to; with or without its final slash, so that no redirect loses a body."""

from django.urls import path

from portal.webhooks.views import intake

app_name = "webhooks"
urlpatterns = [
    path("<uuid:account_key>/<str:secret>/", intake, name="intake"),
    path("<uuid:account_key>/<str:secret>", intake),
]
