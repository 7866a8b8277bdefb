"""Mass printing: who is registered for it, and what becomes of letters."""
