"""Ledgers kept through the year, statutory periods, and what is counted from them."""
