"""Which units there are, whose they are, and where each stands."""
