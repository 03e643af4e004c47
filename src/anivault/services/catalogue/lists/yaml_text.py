"""Read YAML as some lists are published: plain data, and nothing that stands for something else."""

from __future__ import annotations

from typing import Any

from anivault.services.catalogue.lists.found import BrokenListError
from anivault.shared import regex as re

_STANDS_FOR = re.compile(r"(?:^|[:\-\[{,])[ \t]*(?:&\w+|!!?\w+)", re.MULTILINE)  # an anchor, a tag


def read_yaml(text: bytes) -> Any:
    """Return what the text holds. BrokenListError for what is not YAML, or has anchors or tags."""
    import yaml  # 20 ms

    whole = text.decode("utf-8")
    if found := _STANDS_FOR.search(whole):
        raise BrokenListError(f"it has anchors or tags, which no such list needs: {found[0].strip()[:60]!r}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(whole, loader)  # noqa: S506 - a safe loader, the fast one where it is there
    except yaml.YAMLError as error:
        raise BrokenListError(str(error).splitlines()[0]) from error
