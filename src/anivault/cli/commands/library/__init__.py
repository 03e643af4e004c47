"""Commands about a library that is there."""
