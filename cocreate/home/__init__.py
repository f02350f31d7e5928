"""The front page, the roadmap and what was delivered."""
