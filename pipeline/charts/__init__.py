"""Charts as SVG and as native charts of Word."""
