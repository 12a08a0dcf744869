"""The values that every room speaks of: frozen, without behaviour of their own."""
