"""Networks: what they take, whose an address is, and who can be found in them."""
