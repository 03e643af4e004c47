"""What files and folders are called."""
