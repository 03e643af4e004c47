"""The exit codes that are no error; those of errors stand with their classes."""

DONE = 0
FINDINGS = 10  # done, but some files are held, or something was found
BUG = 70
INTERRUPTED = 130
TERMINATED = 143
