"""What AniVault remembers for a user besides pins: what to leave out, and what has been shown already."""
