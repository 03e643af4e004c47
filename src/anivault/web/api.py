"""The API: what the page shows and does, as JSON for programs that bring a token. Described by OpenAPI."""

from __future__ import annotations

from starlette.routing import Route

ROUTES: list[Route] = []
