"""What goes back to a unit: copies of its own file, marked at the cell."""
