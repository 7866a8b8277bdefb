"""OP Laskulaina: the ledger of a credit, its statement, and the page that it is signed on."""
