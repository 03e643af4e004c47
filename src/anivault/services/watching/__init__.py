"""File what arrives, as long as the program runs."""
