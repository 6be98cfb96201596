"""The trade's rules, pure: what a petition is, what it repeats, whose it is, and by when."""
