"""Records join their folder and the path below it as the system does."""

from __future__ import annotations

import os

from hypothesis import example, given
from hypothesis import strategies as st

from anivault.core.models import joined

PATHS = st.text(st.sampled_from("/ab.\udc80"), max_size=6)


@given(PATHS, PATHS)
@example("", "/nowhere/a.mkv")
@example("/", "a.mkv")
@example("/media/", "a.mkv")
@example("/media", "")
def test_a_path_is_joined_as_the_system_joins_it(root: str, rel: str) -> None:
    assert joined(root, rel) == os.path.join(root, rel)
