"""Office packages: reading untrusted ones, writing small ones fast."""
