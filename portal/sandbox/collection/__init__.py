"""Collection agencies: the course of their cases, their rules, and the threads of messages."""
