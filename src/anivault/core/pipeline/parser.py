"""Read what every file is called, in its folders and among its siblings.

In: scanned files. Out: one ParsedFile each, in the same order. Pure: never touches the disk.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from anivault.core.models import ParsedFile, ScannedFile
from anivault.core.pipeline.folders import Context, complete, context, known
from anivault.core.pipeline.siblings import varying
from anivault.parser.form import is_legible
from anivault.parser.models import EXTRAS, SURE, UNNAMED, ParseResult, VideoType
from anivault.parser.read import Reader, default_reader, read_rules
from anivault.shared import regex as re
from anivault.shared.progress import Progress

_WINDOWS = re.compile(r"[A-Za-z]:\\|\\\\")
_NUMBERS = re.compile(r"\d{1,4}")
_PART_OF_TITLE = re.compile(r"[\s._]*([\[(](?:part|cour|pt\.?)[ ._]?\d[\])])", re.IGNORECASE)


def parse_files(
    files: Sequence[ScannedFile],
    reader: Reader | None = None,
    progress: Progress | None = None,
) -> list[ParsedFile]:
    """Parse the files of one scan together: what one name leaves in doubt its folder settles.

    `progress` gets the number of names read so far and of all, a thousand at a time.
    """
    reader = reader or default_reader()
    results: list[ParseResult] = []
    contexts: list[Context] = []
    together: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    wholes: dict[tuple[str, str], str] = {}  # many files share a folder
    for place, file in enumerate(files):
        if progress and place % 1000 == 0:
            progress(place, len(files))
        folder, _, name = file.rel.rpartition("/")
        results.append(_with_its_part(name, reader.read(name)))
        contexts.append(context(file.root, folder))
        whole = wholes.get((file.root, folder)) or wholes.setdefault((file.root, folder), file.whole_folder)
        together[whole, name[-4:]].append(place)
    for places in together.values():
        if len(places) > 2:
            _settle(files, places, results)
    done = _completed(results, contexts)
    results = [_untitled(file.name, own, full) for file, own, full in zip(files, results, done, strict=True)]
    _renumber_discs(files, results, contexts)
    return [ParsedFile(file=file, parsed=parsed) for file, parsed in zip(files, results, strict=True)]


def _completed(results: Sequence[ParseResult], contexts: Sequence[Context]) -> list[ParseResult]:
    """Let the folders speak; folders of extras last, for what they hold may be elsewhere already."""
    done = [
        complete(own, above) if above.extra is None else own
        for own, above in zip(results, contexts, strict=True)
    ]
    late = [place for place, above in enumerate(contexts) if above.extra is not None]
    if late:
        others = known(own for own, above in zip(done, contexts, strict=True) if above.extra is None)
        for place in late:
            done[place] = complete(results[place], contexts[place], others)
    return done


def parse_alone(file: ScannedFile, reader: Reader | None = None) -> ParsedFile:
    """Parse one file by its name and its folders' names, without siblings."""
    rel = file.rel.replace("\\", "/") if _WINDOWS.match(file.rel) else file.rel
    folder, _, name = rel.rpartition("/")
    own = _with_its_part(name, (reader or default_reader()).read(name))
    return ParsedFile(file=file, parsed=_untitled(name, own, complete(own, context(file.root, folder))))


def _untitled(name: str, own: ParseResult, done: ParseResult) -> ParseResult:
    """Take back the title that a folder has lent, where the name has one that nobody can read."""
    if own.title is not None or (done.title is not None and is_legible(name)):
        return done
    if done.title is not None:
        titles = (*done.titles, *done.folder_titles)
        done = replace(done, title=None, titles=(), printed=(), folder_titles=titles)
    return replace(done, confidence=min(done.confidence, UNNAMED))


def _with_its_part(name: str, own: ParseResult) -> ParseResult:
    """`Show - 26 - A Title (Part 2)`: the part is the title's, not the season's."""
    title = own.episode_title
    if own.part is None or not own.episodes or not title:
        return own
    behind = _PART_OF_TITLE.match(name.partition(title)[2])
    if behind is None:
        return own
    said = {field: rule for field, rule in own.said.items() if field != "part"}
    return replace(own, part=None, episode_title=f"{title} {behind[1]}", said=said)


def _in_doubt(places: Sequence[int], results: Sequence[ParseResult]) -> list[int]:
    """The files of a folder that need their siblings: the unsure, or all where many claim one episode."""
    claimed = [
        (result.season, result.type, result.episodes)
        for result in map(results.__getitem__, places)
        if result.episodes
    ]
    if len(claimed) > 2 and len(set(claimed)) * 2 <= len(claimed):
        return list(places)
    return [place for place in places if results[place].confidence < SURE]


def _settle(files: Sequence[ScannedFile], places: list[int], results: list[ParseResult]) -> None:
    """Read again every name in doubt whose number its siblings have shown."""
    doubtful = _in_doubt(places, results)
    if not doubtful:
        return
    names = {place: unicodedata.normalize("NFC", files[place].name) for place in places}
    shown = varying(names.values())
    for place in doubtful:
        result, name = results[place], names[place]
        if name not in shown or result.type in EXTRAS or result.type is VideoType.MOVIE:
            continue
        start, end = shown[name]
        number = int(name[start:end])
        if number in result.episodes:  # alone, or as one end of a range
            results[place] = replace(result, confidence=SURE)
        elif number not in (result.season, result.part, result.year) or _is_said_before(number, name[:start]):
            results[place] = read_rules(name, (start, end))


def _is_said_before(number: int, text: str) -> bool:
    """`Show S2 2 Words`: the season stands in front, so that the same number behind it is another."""
    return number in map(int, _NUMBERS.findall(text))


def _renumber_discs(
    files: Sequence[ScannedFile], results: list[ParseResult], contexts: list[Context]
) -> None:
    """`Disc 2/01` is the episode after the last of disc 1, where every disc starts again at 1.

    The discs are those of one show: of names that carry one title, or none. Where names have a title and no
    show's folder stands above, a lone `Disc 2` is only a folder that is called so.
    """
    for (_, title), by_disc in _discs(files, results, contexts).items():
        if sorted(by_disc) == list(range(1, len(by_disc) + 1)):
            _number_on([places for _, places in sorted(by_disc.items())], results)
        elif not title or any(contexts[place].titled for places in by_disc.values() for place in places):
            _forget(by_disc, results)


def _discs(
    files: Sequence[ScannedFile], results: Sequence[ParseResult], contexts: Sequence[Context]
) -> dict[tuple[str, str], dict[int, list[int]]]:
    """The places of episodes by the folder of their discs and their title, then by disc."""
    discs: defaultdict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, above in enumerate(contexts):
        if above.disc is not None and _is_episode(results[place]):
            parent = files[place].whole_folder.rpartition("/")[0]
            discs[parent, (results[place].title or "").casefold()][above.disc].append(place)
    return discs


def _forget(by_disc: dict[int, list[int]], results: list[ParseResult]) -> None:
    """Numbers that start again on a disc without all discs before it: nobody knows what they are."""
    if not _all_restart(by_disc.values(), results):
        return
    for place in (place for disc, places in by_disc.items() if disc > 1 for place in places):
        results[place] = replace(results[place], episodes=())


def _is_episode(result: ParseResult) -> bool:
    return len(result.episodes) == 1 and isinstance(result.episodes[0], int) and result.type not in EXTRAS


def _number(result: ParseResult) -> int:
    return int(result.episodes[0])


def _all_restart(discs: Iterable[list[int]], results: Sequence[ParseResult]) -> bool:
    return all(min(_number(results[place]) for place in places) == 1 for places in discs)


def _number_on(discs: list[list[int]], results: list[ParseResult]) -> None:
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
