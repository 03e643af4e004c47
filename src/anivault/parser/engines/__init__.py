"""One engine a file; each satisfies parser.models.Engine."""
