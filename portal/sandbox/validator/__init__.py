"""The Validator: its rules, and what it reports of a file."""
