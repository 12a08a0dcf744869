"""Reports as they were published: read, audited, imported, verified."""
