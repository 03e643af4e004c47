"""AniVault turns a pile of anime files into a library that media servers read."""

__version__ = "0.1.0"
