"""The exit codes that no error class has."""

DONE = 0
USAGE = 2
FINDINGS = 10  # done, but files are held that someone may miss, or something was found
BUG = 70
INTERRUPTED = 130
TERMINATED = 143
