"""Titles: how one is spelled and read, which of them name a show or one of its entries, and who is meant.

`normalize` says when two spellings are one title, `readings` in which ways a file name's title can be read,
`names` which titles name a show and which one entry of it. `compared` puts a release's readings and a show's
names together.
"""
