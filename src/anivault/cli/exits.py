"""The exit codes that are no error; those of errors stand with their classes."""

DONE = 0
FINDINGS = 10  # done, but files are held that someone may miss, or something was found
BUG = 70
INTERRUPTED = 130
TERMINATED = 143
