"""Visma Sign: invitations, the page that they are signed on, and how signers behave."""
