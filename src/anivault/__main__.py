"""`python -m anivault` is `anivault`."""

from anivault.cli.main import main

main()
