"""What people say about an idea."""
