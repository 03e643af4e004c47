"""Lists of anime that others publish, each read into rows of the catalogue."""
