"""Scopes that calls ask for. A token is fetched for each company and set of scopes, so that few sets mean few calls."""

COMPANY = "company"  # holds company:read and company:write; companies may ask for it always. Source: x-scope-aliases
