"""Ask TMDB, politely and never twice. Touches the cache, the shared budget and the wire.

In: `Ask`s, made by the functions below. Out: records, or one TmdbError for each question that
failed; the others keep what came. A lookup takes at most 30 seconds and four tries, whatever the
other side does. Where TMDB has no answer to give, an expired one is used.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Generic, NoReturn, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from anivault.services.tmdb.answers import Reader
from anivault.services.tmdb.cache import DAY, Cache
from anivault.services.tmdb.limiter import IN_FLIGHT, Limiter, Phase
from anivault.services.tmdb.records import (
    Group,
    Page,
    Show,
    read_find,
    read_group,
    read_nothing,
    read_page,
    read_show,
)
from anivault.services.tmdb.wire import Reply, Wire
from anivault.shared.errors import (
    TmdbAnswerError,
    TmdbError,
    TmdbKeyError,
    TmdbNotFoundError,
    TmdbOfflineError,
    TmdbUnreachableError,
)
from anivault.shared.progress import Progress

DEADLINE = 28.0  # seconds a lookup may take, waits included; two below what is promised
TRY_SECONDS = 8.0  # for one try, from connecting to the last byte
TRIES = 4
SHORTEST_SLEEP = 0.001  # a shorter one is lost in the rounding of the time
BACKOFF, BACKOFF_CAP = 0.5, 8.0  # seconds, doubled with every try
APPENDED = 20  # TMDB's limit for append_to_response
NOT_THERE = frozenset({6, 34})  # TMDB's status codes for a 404 that is its own
OK, BAD_REQUEST, BAD_KEY, FORBIDDEN, NOT_FOUND = 200, 400, 401, 403, 404
TOO_MANY, FAULT, UNAVAILABLE = 429, 500, 503
SPOILED_KEEP = DAY / 24  # an answer with bad records is asked for again soon
SILENT = "no answer in time"
WAITING = {
    Phase.NORMAL: "too many requests are waiting",
    Phase.THROTTLE: "too many requests are waiting",
    Phase.SLEEP_THEN_RESUME: "it asks for a pause",
    Phase.CACHE_ONLY: "it is down, and is asked again later",
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One question to TMDB. Two with the same path and parameters are the same question."""

    path: str
    params: tuple[tuple[str, str], ...]
    read: Callable[[Reader, bytes], T] = field(compare=False)
    type: type[T] = field(compare=False)
    keep: Callable[[T], float] = field(compare=False)  # seconds the answer stays fresh

    @property
    def key(self) -> str:
        """What the answer is cached under: no credential is part of it."""
        return f"{self.path}?{urlencode(self.params)}"


def search(
    media: str, query: str, *, year: int | None = None, language: str = "en-US", page: int = 1
) -> Ask[Page]:
    """Look a title up among "tv", "movie" or both ("multi", which knows no year)."""
    year_field = {"tv": "first_air_date_year", "movie": "primary_release_year"}.get(media)
    params = _params(query=query, language=language, page=page if page > 1 else None)
    if year and year_field:
        params += _params(**{year_field: year})
    read = partial(read_page, media="" if media == "multi" else media)
    return Ask(f"search/{media}", params, read, Page, lambda found: (7 if found.hits else 1) * DAY)


def details(
    media: str,
    id: int,  # noqa: A002
    *,
    append: Iterable[str] = (),
    language: str = "en-US",
) -> Ask[Show]:
    """Ask for a series or film, with up to 20 further parts such as "translations" or "season/1"."""
    parts = list(append)
    assert len(parts) <= APPENDED
    images = "en,ja,null" if "images" in parts else None  # else those of `language` alone
    params = _params(
        language=language, append_to_response=",".join(parts) or None, include_image_language=images
    )
    return Ask(f"{media}/{id}", params, partial(read_show, media=media, id=id), Show, _keep_show)


def episode_group(id: str) -> Ask[Group]:  # noqa: A002
    """Ask for an episode group; `id` is the hex string that the show's list gives."""
    return Ask(f"tv/episode_group/{quote(id, safe='')}", (), read_group, Group, lambda _: 30 * DAY)


def find(source: str, external: str) -> Ask[Page]:
    """Ask what another site's id stands for; `source` is "imdb_id", "tvdb_id" or "wikidata_id"."""
    params = _params(external_source=source)
    return Ask(f"find/{quote(external, safe='')}", params, read_find, Page, lambda _: 30 * DAY)


def authentication() -> Ask[bool]:
    """Ask whether the key is a good one. Never cached."""
    return Ask("authentication", (), read_nothing, bool, lambda _: 0.0)


class _Again(Exception):  # noqa: N818
    """An error that another try may not meet."""

    def __init__(self, error: TmdbError) -> None:
        super().__init__()
        self.error = error


class TmdbClient:
    """Answers from the cache, and from TMDB what is missing there. Without a wire: from the cache alone.

    `asked` counts requests, `stale` the expired answers that were used because no new one came.
    """

    def __init__(
        self,
        wire: Wire | None,
        cache: Cache,
        limiter: Limiter,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._wire, self._cache, self._limiter = wire, cache, limiter
        self._clock, self._jitter = limiter.clock, jitter
        self._runner = asyncio.Runner()  # one loop for all batches: connections last from one to the next
        self._off: TmdbError | None = None if wire else TmdbKeyError("There is no TMDB key.")
        self.reached = False  # TMDB has given this client an answer
        self.asked = self.stale = 0

    def __enter__(self) -> TmdbClient:
        """Use the client until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections and the cache."""
        self.close()

    def close(self) -> None:
        """Close the connections and the cache; the client can be used no more."""
        if self._wire and self.asked:
            self._runner.run(self._wire.close())
        self._runner.close()
        self._cache.close()

    def get(self, ask: Ask[T]) -> T:
        """Return one answer, or raise the TmdbError that stands for it."""
        answer = self.fetch([ask])[ask]
        if isinstance(answer, TmdbError):
            raise answer
        return answer

    def fetch(self, asks: Iterable[Ask[T]], progress: Progress | None = None) -> dict[Ask[T], T | TmdbError]:
        """Answer every distinct question: each has its record, or the error that stands for it."""
        known: dict[Ask[T], tuple[T | TmdbError | None, bool]] = {}
        for ask in dict.fromkeys(asks):
            kept = self._kept(ask)
            known[ask] = kept
        answers = {ask: kept for ask, (kept, fresh) in known.items() if fresh and kept is not None}
        missing = [ask for ask in known if ask not in answers]
        for ask, new in self._ask_all(missing, progress).items():
            answers[ask] = self._better(new, known[ask][0])
        return answers

    def wait(self, longest: float) -> bool:
        """Sleep until TMDB may be asked again, if that is within `longest` seconds; tell whether it is."""
        pause = self._limiter.pause()
        if self._off or pause > longest:
            return False
        self._runner.run(self._clock.sleep(pause))
        return True

    def _kept(self, ask: Ask[T]) -> tuple[T | TmdbError | None, bool]:
        """Return the cached answer and whether it is fresh."""
        row = self._cache.get(ask.key)
        if row is None:
            return None, False
        if row.status == NOT_FOUND:
            return TmdbNotFoundError(ask.path), row.fresh
        try:
            return msgspec.json.decode(row.body, type=ask.type), row.fresh
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None, False

    def _better(self, new: T | TmdbError, kept: T | TmdbError | None) -> T | TmdbError:
        if not isinstance(new, TmdbError) or isinstance(new, TmdbNotFoundError) or kept is None:
            return new
        self.stale += 1
        return kept

    def _ask_all(self, asks: list[Ask[T]], progress: Progress | None) -> dict[Ask[T], T | TmdbError]:
        """Ask TMDB, a few at once."""
        answers: dict[Ask[T], T | TmdbError] = {}
        todo = iter(asks)

        async def work() -> None:
            for ask in todo:
                answer = await self._settle(ask)
                answers[ask] = answer
                if progress:
                    progress(len(answers), len(asks))

        async def all_workers() -> None:
            await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))

        if asks and self._off is None:
            self._runner.run(all_workers())
            return answers
        return {ask: self._off for ask in asks if self._off}

    async def _settle(self, ask: Ask[T]) -> T | TmdbError:
        """Answer one question within the deadline."""
        try:
            async with asyncio.timeout(DEADLINE + 1):  # every wait inside ends before: the last resort
                return await self._persist(ask)
        except TimeoutError:
            return TmdbUnreachableError(SILENT)
        except TmdbError as error:
            return error

    async def _persist(self, ask: Ask[T]) -> T:
        """Try until an answer is whole or the tries are used up. A spoiled one is better than none."""
        end = self._clock.now() + DEADLINE
        spoiled: list[T] = []
        error: TmdbError = TmdbUnreachableError(SILENT)
        for attempt in range(TRIES):
            await self._clock.sleep(self._backoff(attempt))
            try:
                value, whole = await self._try(ask, await self._gate(end), end)
            except _Again as again:
                error = again.error
                self._give_up_offline(error, attempt)
                continue
            spoiled.append(value)
            if whole or len(spoiled) > 1:
                self._keep(ask, value, ask.keep(value) if whole else SPOILED_KEEP)
                break
        if spoiled:
            return spoiled[-1]
        raise error

    def _backoff(self, attempt: int) -> float:
        """Return the seconds before a try: none before the first, then full jitter below a doubling bound."""
        return self._jitter() * min(BACKOFF_CAP, BACKOFF * 2**attempt) if attempt else 0.0

    async def _gate(self, end: float) -> float:
        """Wait for the budget and return the time of sending. Raises at once when `end` comes before."""
        while not self._off and (wait := self._limiter.admit()):
            if self._clock.now() + wait >= end:
                raise TmdbUnreachableError(WAITING[self._limiter.phase()])
            await self._clock.sleep(max(wait, SHORTEST_SLEEP))
        if self._off:
            raise self._off
        return self._clock.now()

    async def _try(self, ask: Ask[T], sent: float, end: float) -> tuple[T, bool]:
        """Ask once and tell the limiter how it went; False if bad records were left out."""
        assert self._wire
        self.asked += 1
        try:
            async with asyncio.timeout(max(0.1, min(TRY_SECONDS, end - sent))):
                reply = await self._wire.send(ask.path, ask.params)
        except TimeoutError:
            self._fail(sent, TmdbUnreachableError(SILENT))
        except (TmdbUnreachableError, TmdbAnswerError) as error:
            self._fail(sent, error)
        if reply.status != OK:
            self._refused(ask, reply, sent)
        try:
            reader = Reader()
            value = ask.read(reader, reply.body)
        except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
            self._fail(sent, TmdbAnswerError("it is not what TMDB says"))
        self._limiter.succeeded(sent)
        self.reached = True
        return value, not reader.spoiled

    def _refused(self, ask: Ask[T], reply: Reply, sent: float) -> NoReturn:
        """Raise what an answer other than 200 means, after telling the limiter."""
        if reply.status == TOO_MANY or (reply.status == UNAVAILABLE and reply.retry_after is not None):
            self._limiter.limited(sent, reply.retry_after)
            raise _Again(TmdbUnreachableError("it has too many requests"))
        if reply.status >= FAULT or reply.status < BAD_REQUEST:
            self._fail(sent, TmdbUnreachableError(f"it answers with status {reply.status}"))
        self._limiter.succeeded(sent)
        if reply.status in (BAD_KEY, FORBIDDEN):
            error = TmdbKeyError(f"TMDB refuses the key (status {reply.status}).")
            self._off = self._off if self.reached else error
            raise error
        if reply.status != NOT_FOUND:
            raise TmdbAnswerError(f"it is status {reply.status}")
        if _status_code(reply.body) in NOT_THERE:  # else it may be the word of something in between
            self._cache.put(ask.key, NOT_FOUND, b"", DAY)
        raise TmdbNotFoundError(ask.path)

    def _fail(self, sent: float, error: TmdbError) -> NoReturn:
        self._limiter.failed(sent)
        raise _Again(error) from None

    def _give_up_offline(self, error: TmdbError, attempt: int) -> None:
        """Ask nothing more in this run when there is no way to TMDB and never was one."""
        if isinstance(error, TmdbOfflineError) and attempt and not self.reached:
            self._off = error
            raise error

    def _keep(self, ask: Ask[T], value: T, seconds: float) -> None:
        if seconds:
            self._cache.put(ask.key, OK, msgspec.json.encode(value), seconds)


def _keep_show(show: Show) -> float:
    """What airs changes weekly; what has ended, and films, hardly."""
    return 30 * DAY if show.status in ("Ended", "Canceled", "Released") else 7 * DAY


def _params(**values: str | int | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in sorted(values.items()) if value is not None)


def _status_code(body: bytes) -> int | None:
    try:
        return msgspec.json.decode(body, type=_ErrorBody).status_code
    except (ValueError, RecursionError):
        return None


class _ErrorBody(msgspec.Struct):
    status_code: int | None = None
