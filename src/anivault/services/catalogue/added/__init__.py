"""Lists that the user adds to the catalogue: read, kept, fetched and taken away again."""
