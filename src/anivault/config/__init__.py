"""Package data: the commented default configuration."""
