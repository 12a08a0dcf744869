"""What became of the workbooks, and what was made of them."""
