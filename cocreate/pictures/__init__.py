"""Pictures that people add to ideas, comments and answers."""
