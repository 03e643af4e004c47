"""What of a plan has to be made anew when some of what it was made from has changed."""
