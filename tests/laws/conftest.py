"""How long each law is tried: a short while, or with `ANIVAULT_LAWS=long` a long one."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from anivault.core.matching import matcher
from anivault.core.pipeline import parser

LONG = os.environ.get("ANIVAULT_LAWS") == "long"
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


def law(short: int, long: int) -> settings:
    """Return the settings of one law: how many examples it tries in CI, and in a long run.

    The short way is the same each time; the long way is another one each time, and a failure prints what
    `@reproduce_failure` wants. It is not made smaller: that takes many minutes of real commands.
    """
    return settings(
        max_examples=long if LONG else short,
        deadline=None,
        derandomize=not LONG,
        print_blob=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=SLOW,
    )


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every law holds with what earlier runs remember; else so few files are worked out each time."""
    monkeypatch.setattr(parser, "FEW", 0)
    monkeypatch.setattr(matcher, "FEW", 0)
