"""Numbers, names and Chinese wording."""
