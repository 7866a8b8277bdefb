"""
Lists that cost the same at a million rows: pages by key instead of by number, counts that stop, text found by index.

`changelist` is what the admin shows a list by, `keyset` finds the rows after or before one, `counting` counts up to a
cap, `text` makes a part of a name findable on both databases, `columns` draws the rows.
"""
