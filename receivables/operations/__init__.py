"""What staff do at agencies, one module a noun. Importing this package registers it all."""
