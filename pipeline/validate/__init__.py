"""What is wrong with a batch of workbooks, and what their units say to it."""
