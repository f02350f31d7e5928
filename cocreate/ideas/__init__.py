"""What people propose."""
