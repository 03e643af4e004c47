"""Say where each entry of a show stands in TMDB's numbering."""
from __future__ import annotations
from typing import Any
Row = dict[str, Any]

def place_entries(rows: list[Row]) -> None:
    pass
