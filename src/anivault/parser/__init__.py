"""Reads one anime file name: a library of its own, it knows no disk and no folders.

`read.parse_name` is the way in; this file imports nothing, since every record imports this package.
"""
