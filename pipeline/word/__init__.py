"""Word files: templates checked, compiled, filled; packages; PDF."""
