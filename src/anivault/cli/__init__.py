"""The command line: one handler a command, one writer, one error boundary."""
