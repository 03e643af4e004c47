"""Comparing a library with its journal, and its files with what their content was."""
