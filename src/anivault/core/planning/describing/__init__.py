"""What servers are told about a library: NFO files and pictures."""
