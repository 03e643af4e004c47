"""Commands about files that are on their way to a library."""
