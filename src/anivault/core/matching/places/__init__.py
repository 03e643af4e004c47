"""Places: which season and episode of a show a number means.

`timeline` puts a show's entries in order, `counting` says what a release's numbers count from, and `episodes`
gives each number its place, with how sure that is. `placed` has the records that pass between them.
"""
