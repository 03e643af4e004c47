"""The answers of a review, and how each of them is undone."""
