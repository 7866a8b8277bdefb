"""
Simulator of the AutoInvoice APIs, a process of its own: `python -m portal.sandbox --port N --state FILE`.

It imports nothing of this project but `portal.contract`, and nothing imports it: everybody else speaks HTTP to it.
"""
