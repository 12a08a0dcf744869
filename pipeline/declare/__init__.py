"""The declarations, and the only readers of them: each is refused that isn't understood whole."""
