"""What a report says, and writing the reports of a county."""
