"""What the page has done in processes of their own: the command line's handlers, and what they say."""
