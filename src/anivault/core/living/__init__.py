"""Files that are in a library already: those that make room for better ones, those that others put there."""
