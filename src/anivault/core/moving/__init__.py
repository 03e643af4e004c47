"""Doing, undoing and checking: the journal, the executor, recovery and verification."""
