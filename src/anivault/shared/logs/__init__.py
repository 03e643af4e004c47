"""What AniVault did, line by line, for whoever looks for a mistake later."""
