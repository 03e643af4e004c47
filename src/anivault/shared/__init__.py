"""What every room uses: errors, settings, logging, the file system, plug-ins."""
