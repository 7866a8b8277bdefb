"""Finnish bank messages: needed so that consumers can ask for e-invoices in their netbank."""
