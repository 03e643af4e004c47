"""One property a file."""
