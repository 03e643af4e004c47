"""Read one file name: a library of its own that knows nothing of folders, shows or disks."""
