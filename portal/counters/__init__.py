"""
Counts of mirror rows that are kept in step in the transaction that writes the rows, by the database itself.

An app declares in `AppConfig.ready` by what its rows are counted; triggers count every way in which rows are written
(bulk writes, COPY, single saves, deletions) and nobody can forget to. `figures` reads, `folding` keeps the table small,
`verifying` counts anew each night and mends what differs.
"""
