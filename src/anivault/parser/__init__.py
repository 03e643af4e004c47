"""Reads one anime file name: a library of its own, it knows no disk and no folders."""

from anivault.parser.models import ParseResult
from anivault.parser.read import parse_name

__all__ = ["ParseResult", "parse_name"]
