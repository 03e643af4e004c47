"""From parsed files to shows, seasons and episodes."""
