"""Letters for mass printing in Finland: read and checked, packed, sent, followed."""
