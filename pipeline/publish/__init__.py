"""Putting outputs in their place: proved, whole, one run at a time."""
