"""A template is read, or refused with the position."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.planning.naming.template import parse_template
from anivault.shared.errors import TemplateError


@pytest.mark.parametrize(
    ("template", "position"),
    [
        ("{title.__class__}", 1), ("{title[0]}", 1), ("{t:>999999999}", 1), ("{}", 1), ("{ title}", 1),
        ("{title!r}", 1), ("ab {nope}", 4), ("{title:x}", 7), ("{title:0}", 7), ("{title:1000}", 7),
        ("{year:abc}", 6), ("{episode:0/0}", 10), ("{episode:0:0}", 10), ("{episode:0\x000}", 10),
        ("{title", 0), ("title}", 5), ("<{title}", 0), ("{title}>", 7), ("<text>", 0), ("<a/{title}>", 2),
        ("a:b{title}", 1), ("{title}?", 7), ("{title}\n", 7), ("{title}\0", 7), ("a\\b{title}", 1),
        ("{title}//x", 0), ("", 0), ("/{title}", 0), ("{title}/..", 0), ("./{title}", 0),
        ("x" * 101 + "{title}", 0),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_position(template: str, position: int) -> None:
    with pytest.raises(TemplateError) as refused:
        parse_template(template)

    assert refused.value.position == position
    assert f"character {position + 1}" in str(refused.value)


@given(st.text(alphabet="{}<>/:abc0title-E+ .", max_size=40))
def test_any_text_is_a_template_or_an_error(text: str) -> None:
    position = 0
    try:
        parse_template(text)
    except TemplateError as error:
        position = error.position

    assert 0 <= position <= len(text)
