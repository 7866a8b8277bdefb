"""Detect: checks of received invoices, and reports of fraud."""
