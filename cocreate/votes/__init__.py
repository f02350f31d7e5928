"""Support, one per member and idea."""
