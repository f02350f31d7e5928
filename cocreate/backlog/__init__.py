"""What the organisation does about it."""
