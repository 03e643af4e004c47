"""Fetch the pictures that a library lacks from TMDB's image host. Touches the network, and reads the library.

In: the Pictures of a plan. Out: a Write for each that came, and one line on the others. Only the configured
host is asked, never with the key; what comes must be a JPEG, PNG or WebP of at most 8 MiB. Where it lies
there is said by the show's or film's details, which are kept as all of TMDB's answers are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from anivault.core.models import Write
from anivault.core.organized import Fetched
from anivault.core.planning.describing.pictures import Picture
from anivault.services.secrets import Secret
from anivault.services.tmdb.answers import Reader
from anivault.services.tmdb.cache import Cache
from anivault.services.tmdb.limiter import Clock, Limiter, SystemClock
from anivault.services.tmdb.records import Show
from anivault.services.tmdb.wire import TMDB, TMDB_IMAGES, Wire, image_address
from anivault.services.tmdb_client import APPENDED, Ask, TmdbClient, details
from anivault.shared.errors import TmdbError
from anivault.shared.progress import Progress

# Pixels wide: TMDB's largest below the original; of a still the size that servers show.
SIZES = {"poster": "w780", "backdrop": "w1280", "logo": "w500", "still": "w300"}
SECONDS = 600.0  # for all pictures of a run
BYTES = 256 * 2**20  # of all pictures of a run, which are held in memory
AT_ONCE = 40  # pictures between two looks at those bounds


def fetch(
    wanted: Sequence[Picture],
    *,
    key: Secret,
    folder: Path,
    url: str = TMDB,
    images: str = TMDB_IMAGES,
    widths: Mapping[str, str] = SIZES,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> Fetched:
    """Fetch the pictures; `folder` is the user's cache. One that fails costs only itself.

    The image host has a budget and a breaker of its own, so that its faults close no way to TMDB's answers.
    """
    images = image_address(images)
    with TmdbClient(Wire(key, url), Cache(folder), Limiter(folder, clock)) as tmdb:
        asks = _asks(wanted)
        shows = tmdb.fetch(asks.values())
    answers = [(picture, shows[ask]) for picture, ask in asks.items()]
    errors = [answer for _, answer in answers if isinstance(answer, TmdbError)]
    there = [
        (picture, _image(path, widths[picture.kind]))
        for picture, show in answers
        if isinstance(show, Show) and (path := _path(show, picture))
    ]
    with TmdbClient(Wire(None, images), Cache(folder), Limiter(None, clock)) as host:
        writes, failed = _fetch_all(host, there, clock or SystemClock(), progress)
    left = len(there) - len(writes) - len(failed)
    return Fetched(tuple(writes), tuple(_notices([*errors, *failed], left)))


def _asks(wanted: Sequence[Picture]) -> dict[Picture, Ask[Show]]:
    """What has to be asked to know where each picture lies: a show once, and once more for many seasons."""
    shows: dict[tuple[str, int], list[Picture]] = {}
    for picture in wanted:
        shows.setdefault((picture.media_type, picture.id), []).append(picture)
    return {p: ask for show, pictures in shows.items() for p, ask in _asks_of(show, pictures)}


def _asks_of(show: tuple[str, int], pictures: Sequence[Picture]) -> Iterator[tuple[Picture, Ask[Show]]]:
    more = ["images"] if any(picture.kind == "logo" for picture in pictures) else []
    seasons = sorted({p.season for p in pictures if p.kind == "still" and p.season is not None})
    room = APPENDED - len(more)
    for picture in pictures:
        at = seasons.index(picture.season or 0) // room * room if picture.kind == "still" else 0
        near = seasons[at : at + room]
        yield picture, details(*show, append=(*more, *(f"season/{number}" for number in near)))


def _fetch_all(
    host: TmdbClient, there: Sequence[tuple[Picture, Ask[bytes]]], clock: Clock, progress: Progress | None
) -> tuple[list[Write], list[TmdbError]]:
    """Fetch until everything is asked for, or time or room are used up."""
    writes: list[Write] = []
    failed: list[TmdbError] = []
    end = clock.now() + SECONDS
    for some in _batches(there):
        if clock.now() > end or sum(len(write.data) for write in writes) > BYTES:
            break
        answers = host.fetch(ask for _, ask in some)
        for picture, ask in some:
            answer = answers[ask]
            if isinstance(answer, TmdbError):
                failed.append(answer)
            else:
                target = picture.target + kind_of(answer)
                writes.append(Write(target=target, data=answer, video=picture.video))
        if progress:
            progress(len(writes) + len(failed), len(there))
    return writes, failed


def _batches(there: Sequence[tuple[Picture, Ask[bytes]]]) -> Iterator[list[tuple[Picture, Ask[bytes]]]]:
    rest = iter(there)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _notices(errors: Sequence[TmdbError], left: int) -> Iterator[str]:
    if errors:
        yield f"{_pictures(len(errors), 'was', 'were')} not fetched. The first: {errors[0]}"
    if left:
        yield f"{_pictures(left, 'is', 'are')} left for another run: time or room for one were used up."


def _pictures(number: int, one: str, several: str) -> str:
    return f"1 picture {one}" if number == 1 else f"{number:,} pictures {several}"


def _path(show: Show, picture: Picture) -> str:
    """Where the picture lies on the image host; empty if TMDB has no picture."""
    if picture.season is None:
        return {"poster": show.poster, "backdrop": show.backdrop, "logo": show.logo}[picture.kind]
    table = next((table for table in show.seasons if table.number == picture.season), None)
    if table is None or picture.episode is None:
        return table.poster if table else ""
    return next((episode.still for episode in table.episodes if episode.number == picture.episode), "")


def _image(path: str, width: str) -> Ask[bytes]:
    return Ask(f"{width}{path}", (), _read, bytes, lambda _: 0.0)


def _read(_: Reader, body: bytes) -> bytes:
    """Take a picture in, and nothing else: a login page is not one, whatever its name. Raises ValueError."""
    kind_of(body)
    return body


def kind_of(body: bytes) -> str:
    """Return the extension that a picture's first bytes stand for. Raises ValueError for anything else."""
    if body.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return ".webp"
    raise ValueError("no picture")
