"""Forms over other features' verbs, and the deliveries that are stuck."""
