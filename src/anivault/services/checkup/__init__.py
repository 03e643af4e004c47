"""Look at everything that a run needs before one is begun, and say what to mend."""
