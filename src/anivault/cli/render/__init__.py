"""What the results of several commands share on the screen."""
