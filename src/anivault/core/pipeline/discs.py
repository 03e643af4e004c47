"""Number the episodes of discs: `Disc 2/01` is the one after the last of disc 1, if each disc starts at 1.

In: readings by place, and what the folders say. Out: nothing; the readings are changed in place. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from anivault.core.models import ScannedFile
from anivault.core.pipeline.records import Context
from anivault.parser.models import EXTRAS, SURE, ParseResult

Results = dict[int, ParseResult]  # by the place of the file


def renumber(files: Sequence[ScannedFile], results: Results, above: Mapping[int, Context]) -> None:
    """Number them on, or forget their numbers where discs are missing before them.

    The discs are those of one show: of names that carry one title, or none. Where names have a title and no
    show's folder stands above, a lone `Disc 2` is only a folder that is called so.
    """
    for (_, title), by_disc in _discs(files, results, above).items():
        if sorted(by_disc) == list(range(1, len(by_disc) + 1)):
            _number_on([places for _, places in sorted(by_disc.items())], results)
        elif not title or any(above[place].titled for places in by_disc.values() for place in places):
            _forget(by_disc, results)


def _discs(
    files: Sequence[ScannedFile], results: Results, above: Mapping[int, Context]
) -> dict[tuple[str, str], dict[int, list[int]]]:
    """The places of episodes by the folder of their discs and their title, then by disc."""
    discs: defaultdict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, context in above.items():
        if context.disc is not None and _is_episode(results[place]):
            parent = files[place].whole_folder.rpartition("/")[0]
            discs[parent, (results[place].title or "").casefold()][context.disc].append(place)
    return discs


def _forget(by_disc: dict[int, list[int]], results: Results) -> None:
    """Numbers that start again on a disc without all discs before it: nobody knows what they are."""
    if not _all_restart(by_disc.values(), results):
        return
    for place in (place for disc, places in by_disc.items() if disc > 1 for place in places):
        results[place] = replace(results[place], episodes=())


def _is_episode(result: ParseResult) -> bool:
    return len(result.episodes) == 1 and isinstance(result.episodes[0], int) and result.type not in EXTRAS


def _number(result: ParseResult) -> int:
    return int(result.episodes[0])


def _all_restart(discs: Iterable[Sequence[int]], results: Results) -> bool:
    return all(min(_number(results[place]) for place in places) == 1 for places in discs)


def _number_on(discs: Sequence[Sequence[int]], results: Results) -> None:
    """Each disc goes on where the one before it ends, if all start at 1."""
    if len(discs) < 2 or not _all_restart(discs, results):
        return
    before = 0
    for places in discs:
        last = max(_number(results[place]) for place in places)
        for place in places if before else ():
            result = results[place]
            results[place] = replace(
                result,
                episodes=(_number(result) + before,),
                said={**result.said, "episodes": "siblings"},
                confidence=SURE,
            )
        before += last
