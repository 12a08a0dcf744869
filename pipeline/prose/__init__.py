"""What the prose says: figures cited and claimed, slips, repetitions."""
