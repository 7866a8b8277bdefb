"""Where invoices and documents go, and whether they arrive."""
