"""What may be seen, and why."""
