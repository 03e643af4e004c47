"""Package data: the seeded catalogue as reviewable text."""
