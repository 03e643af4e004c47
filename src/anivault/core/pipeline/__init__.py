"""Scanning and parsing: from folders to parsed files."""
