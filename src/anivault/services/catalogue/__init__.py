"""The offline catalogue: what ships, what users import, and what matching sees of both."""
