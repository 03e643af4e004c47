"""From folders to parsed files."""
