"""Work on accepted figures: sums, completeness, comparison of years, trends."""
