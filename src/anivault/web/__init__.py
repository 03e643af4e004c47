"""The page: a floor above the command line. It calls the same handlers, and decides nothing."""
