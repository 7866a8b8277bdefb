"""Business documents other than invoices: orders, catalogues, responses, reminders, vouchers and their like."""
