"""The exit codes that are told without an error class."""

DONE = 0
USAGE = 2
FINDINGS = 10  # done, but files are held that someone may miss, or something was found
BUG = 70
MEMORY = 71  # also of an error class; a program without memory imports none
INTERRUPTED = 130
TERMINATED = 143
