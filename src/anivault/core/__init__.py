"""What AniVault decides and does; free of terminals, networks and providers."""
