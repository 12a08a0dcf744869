"""Auditing, importing and verifying published reports."""
