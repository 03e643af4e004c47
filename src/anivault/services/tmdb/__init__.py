"""TMDB: the wire, its limits, kept answers, and records made of what it says."""
