"""A made-up brand with a year of ideas, for a first look at the portal."""
