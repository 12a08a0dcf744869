"""Checking a Word template that an office has restyled."""
