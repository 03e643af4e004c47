"""Commands about AniVault itself: its data, its settings, a demonstration."""
