"""Taking runs back: what would be done, what stands against it, and the same as a script."""
