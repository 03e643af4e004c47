"""How each result looks, to people and to programs; plans have a module of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from anivault.cli import events
from anivault.cli.exits import DONE, FINDINGS
from anivault.core.models import Coordinates, Decision, FileKind, MatchedFile, ParsedFile, Ranked
from anivault.shared.errors import quoted

if TYPE_CHECKING:  # a command imports only what it needs, and this module draws them all
    from anivault.cli.about_handler import About
    from anivault.cli.config_handler import Setting
    from anivault.cli.explain_handler import Explained
    from anivault.cli.history_handler import RunView
    from anivault.cli.match_handler import Matched
    from anivault.cli.pin_handler import Pinned
    from anivault.cli.scan_handler import Scanned
    from anivault.cli.screen import Screen
    from anivault.cli.verify_handler import Verified
    from anivault.core.matching.explain import Explanation
    from anivault.core.matching.pins import Pin
    from anivault.core.models import Move, Plan
    from anivault.core.moving.recover import RecoverReport
    from anivault.core.pipeline.left_out import LeftOut
    from anivault.parser.models import ParseResult
    from anivault.services.catalogue.importers import ImportReport
    from anivault.services.catalogue.sources import CatalogInfo
    from anivault.services.tmdb.cache import CacheStats


def scan(screen: Screen, result: Scanned) -> int:
    """Every file by folder with what its name says, then what was left out; 10 where some is amiss."""
    read = result.read
    if screen.json:
        for item in read.files:
            screen.event(events.file_event(item))
    folder = None
    for item in read.files if not screen.json else ():
        if (item.file.root, item.file.folder) != folder:
            folder = (item.file.root, item.file.folder)
            screen.line(f"{item.file.root}/{item.file.folder}".rstrip("/"), style="bold")
        screen.line(f"  {item.file.name}")
        if item.file.kind is FileKind.VIDEO:
            screen.line(f"      {item.unreadable or reading(item.parsed)}", style="dim")
    amiss = left_out(screen, read.left_out)
    notices(screen, result.notices)
    counts = Counter(f"{item.file.kind}" for item in read.files)
    summary(screen, "scan", counts, f"{_counted(counts)}." if counts else "No files there.")
    return FINDINGS if amiss else DONE


def reading(parsed: ParseResult) -> str:
    """What a name says, in one line: title, place, kind, group and quality."""
    place = [
        f"season {parsed.season}" if parsed.season is not None else "",
        "episode " + "-".join(map(str, parsed.episodes)) if parsed.episodes else "",
        f"({'-'.join(map(str, parsed.absolute))})" if parsed.absolute else "",
        f"v{parsed.version}" if parsed.version else "",
    ]
    parts = [
        parsed.title or "no title",
        " ".join(part for part in place if part),
        str(parsed.type or ""),
        str(parsed.year or ""),
        parsed.group or "",
        parsed.resolution or "",
    ]
    return " · ".join(part for part in parts if part)


def match(screen: Screen, result: Matched) -> int:
    """Every video with its show and place; exit code 10 when one is not matched."""
    counts = Counter({decision.value: 0 for decision in Decision})
    roots = {item.file.root for item in result.files}
    for item in result.files:
        counts[item.decision] += 1
        if screen.json:
            screen.event(events.match_event(item))
        else:
            _verdict(screen, item, whole=len(roots) > 1)
    amiss = left_out(screen, result.read.left_out)
    notices(screen, result.notices)
    summary(screen, "match", counts, f"{_counted(counts)}." if result.files else "No videos there.")
    return FINDINGS if amiss or counts.total() > counts[Decision.MATCHED] else DONE


_STYLE = {Decision.MATCHED: "green", Decision.AMBIGUOUS: "yellow", Decision.UNMATCHED: "red"}


def _verdict(screen: Screen, item: MatchedFile, *, whole: bool) -> None:
    screen.line(item.file.path if whole else item.file.rel)
    best = item.match.best
    answer = f"{identified(best)} {places(item.coordinates)}".rstrip() if best else "nothing fits"
    screen.line(f"  {item.decision} {item.confidence:.0%}  {answer}", style=_STYLE[item.decision])
    for reason in item.reasons or item.match.reasons:
        screen.detail(f"      {reason}")


def identified(ranked: Ranked) -> str:
    """A show or film in one phrase, with the id that says exactly which."""
    show = ranked.candidate
    return f"{show.dated} [{show.key}]"


def places(coordinates: Iterable[Coordinates]) -> str:
    """The season and episode numbers in the usual spelling."""
    return " ".join(f"S{place.season:02}E{place.episode:02}" for place in coordinates)


def verify(screen: Screen, result: Verified, *, strict: bool) -> int:
    """Every finding with its symbol; exit code 10 when something is wrong."""
    report = result.report
    counts = Counter({"same": report.same})
    for finding in report.findings:
        counts[finding.kind] += 1
        screen.event(events.finding_event(report.library, finding))
        detail = f"  ({finding.detail})" if finding.detail else ""
        screen.pair(f"{finding.symbol} {finding.path or '.'}", f"{finding.kind}{detail}")
    notices(screen, result.notices)
    read = (
        f" Content read: {counted(report.read, 'file')}, {report.bytes / 1e6:,.1f} MB." if report.deep else ""
    )
    summary(screen, "verify", counts, f"{_counted(counts) or 'nothing there'}.{read}")
    return FINDINGS if report.failed(strict=strict) else DONE


def recover(screen: Screen, report: RecoverReport) -> int:
    """What a crash had left, and what became of it."""
    counts = Counter({"finished": report.finished, "undone": report.undone})
    text = (
        f"Run {report.run} is settled: of the files it was at, {report.finished} are in place and "
        f"{report.undone} are where they were."
    )
    if not (report.finished or report.undone):
        text = f"Run {report.run} is settled: all that it had begun was done."
    if not report.library:
        notices(
            screen, ("AniVault has put nothing here: there is no run to settle. Is it the right folder?",)
        )
        summary(screen, "recover", counts, "Nothing was done.")
        return FINDINGS
    if report.kept:
        notices(screen, (f"The journal ended in a torn line of {report.cut:,} bytes: now in {report.kept}.",))
    nothing = "Nothing else was unfinished." if report.kept else "Nothing was unfinished."
    summary(screen, "recover", counts, text if report.run else nothing)
    return DONE


def history(screen: Screen, runs: Sequence[RunView]) -> int:
    """Every run with its time, mode and number of files."""
    for run in runs:
        screen.event(events.RunEvent(**msgspec.structs.asdict(run)))
        when = datetime.fromtimestamp(run.time).astimezone().strftime("%Y-%m-%d %H:%M")
        back = (
            f", {run.files - run.living:,} taken back"
            if run.living < run.files and run.mode != "rollback"
            else ""
        )
        back += f", {run.open:,} not settled" if run.open else ""
        screen.line(f"{run.run}  {when}  {run.mode:9} {counted(run.files, 'file')}{back}  {run.state}")
    summary(screen, "history", Counter(runs=len(runs)), f"{counted(len(runs), 'run')}.")
    return DONE


def about(screen: Screen, about: About) -> int:
    """Version and folders, then every source with its licence."""
    screen.event(events.AboutEvent(**msgspec.structs.asdict(about)))
    screen.line(f"AniVault {about.version}, Python {about.python}, {about.system}", style="bold")
    for name, folder in about.folders.items():
        screen.line(f"  {name:14} {folder}")
    _catalogue(screen, about.catalogue)
    screen.line(about.tmdb)
    screen.line("AniVault itself: MIT licence.")
    return DONE


def catalog(screen: Screen, info: CatalogInfo) -> int:
    """Whose data the catalogue is."""
    screen.event(events.CatalogEvent(catalogue=info))
    _catalogue(screen, info)
    return DONE


def _catalogue(screen: Screen, info: CatalogInfo) -> None:
    """What ships, and what the user imported."""
    shipped = info.shipped
    screen.line(f"Catalogue: {shipped.entries:,} entries, {shipped.shows:,} shows, {shipped.films:,} films")
    for source in shipped.sources:
        screen.line(f"  {source.name} {source.version} ({source.data_until}), {source.by}, {source.licence}")
        screen.line(f"      {source.home}  {source.licence_url}", style="dim")
        screen.line(f"      taken: {source.taken}. {source.changes}", style="dim")
    screen.line(f"  Romaji: {shipped.romaji}.")
    for name, checksum in shipped.files.items():
        screen.line(f"  {name}  sha256 {checksum}", style="dim")
    for added in info.imports:
        screen.line(f"  Imported {added.imported}: {added.kind}, {added.entries:,} entries, {added.licence}")
        screen.line(f"      {added.file}  sha256 {added.sha256}", style="dim")


def cache(screen: Screen, left: CacheStats, dropped: int = 0) -> int:
    """What is kept of TMDB's answers, and how many just went."""
    kept = {name: getattr(left, name) for name in ("path", "answers", "not_found", "expired", "size")}
    screen.event(events.CacheEvent(**kept, dropped=dropped))
    if dropped:
        screen.line(f"{counted(dropped, 'answer')} dropped.")
    kinds = f"{left.not_found:,} of them 'no such show', {left.expired:,} expired"
    screen.line(f"{counted(left.answers, 'answer')}, {kinds}; {left.size / 2**20:.1f} MiB in {left.path}")
    return DONE


def imported(screen: Screen, report: ImportReport) -> int:
    """What an import brought."""
    info, again = report.info, report.replaced is not None
    screen.event(
        events.ImportEvent(kind=info.kind, entries=info.entries, licence=info.licence, replaced=again)
    )
    screen.line(f"{info.kind}: {info.entries:,} entries are in the catalogue. Licence: {info.licence}.")
    if again:
        screen.line("The earlier import of this kind was replaced.")
    return DONE


def settings(screen: Screen, found: Iterable[Setting]) -> int:
    """Every setting with its value and who set it."""
    for setting in found:
        screen.event(events.SettingEvent(**msgspec.structs.asdict(setting)))
        screen.line(f"{setting.name} = {msgspec.json.encode(setting.value).decode()}  # {setting.origin}")
    return DONE


def presets(screen: Screen, tables: dict[str, dict[str, Any]]) -> int:
    """Every preset as it would stand in a configuration file."""
    for name, table in tables.items():
        screen.event(events.PresetEvent(name=name, table=table))
        screen.line(f"[presets.{name}]", style="bold")
        for key, value in table.items():
            screen.line(f"{key} = {msgspec.json.encode(value).decode()}")
    return DONE


PREVIEWED = 10


def preview(screen: Screen, plan: Plan) -> int:
    """The names of some videos, each under the one it has."""
    for move in _various([move for move in plan.moves if move.video is None])[:PREVIEWED]:
        screen.event(events.move_event(move, done=False))
        screen.line(move.rel)
        screen.line(f"  {move.target}", style="bold")
    if not plan.moves:
        screen.line("None of these files is matched, so none has a name.")
    return DONE


def _various(moves: Sequence[Move]) -> list[Move]:
    """The first of every folder, then the second of every folder, and so on: ten of one show show little."""
    nth: Counter[str] = Counter()
    turns = []
    for move in moves:
        folder = move.target.rpartition("/")[0]
        turns.append((nth[folder], move))
        nth[folder] += 1
    return [move for _, move in sorted(turns, key=lambda turn: turn[0])]


def text(screen: Screen, content: str) -> int:
    """A text as it is, line by line."""
    screen.event(events.TextEvent(text=content))
    for line in content.splitlines():
        screen.line(line)
    return DONE


def explain(screen: Screen, result: Explained) -> int:
    """Every field with who read it, then every candidate with what speaks for and against it."""
    from anivault.core.matching.explain import lines

    item, told = result.parsed, result.explanation
    screen.event(
        events.ExplainEvent(
            path=events.shown(item.file.path),
            parsed=item.parsed,
            explanation=told,
            path_b64=events.b64(item.file.path),
        )
    )
    screen.line(item.file.path, style="bold")
    for field, who in item.parsed.said.items():
        value = getattr(item.parsed, field, None)
        screen.line(f"  {field:14} {_value(value)}  ({who})")
    screen.line(f"  sure of the reading: {item.parsed.confidence:.0%}")
    for line in lines(told) if told else [_unmatched(item)]:
        screen.line(line)
    notices(screen, result.notices)
    if told and item.file.root:
        screen.hint(_decide(told, item.file.path))
    return DONE


def _decide(told: Explanation, path: str) -> str:
    """What to type if there is no verdict, or a wrong one."""
    if told.decision == Decision.AMBIGUOUS:
        return f"Is it that? anivault pin {quoted(path)} {told.candidates[0].show}"
    return f"Is it something else? anivault pin {quoted(path)} tmdb:ID"


def _unmatched(item: ParsedFile) -> str:
    other = item.file.kind is FileKind.OTHER
    return (
        f"Only videos are matched; this file {'is not part of a library' if other else 'follows its video'}."
    )


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def pins(screen: Screen, found: Sequence[Pinned], done: str, library: str | None = None) -> int:
    """Every pin with its file, and what its show is called."""
    for pinned in found:
        screen.line(_PINS_IN[done].format(pinned.file), style="bold")
        for pin in pinned.pins:
            show = pinned.shows.get(pin.id)
            screen.event(events.PinEvent(file=events.shown(pinned.file), pin=pin, done=done, show=show))
            screen.line(f"  {_pin(pin, show)}")
            if show is None and done == "pinned":
                screen.note(
                    f"No list here knows {pin.id}. Is it the right number? Then --season has to be named."
                )
    if not found:
        screen.line("There are no pins.")
    if done != "pin":
        screen.hint("Organize again to use it." if done == "pinned" else "From now on the names decide.")
        if library:
            screen.hint(f"For what is in the library already: anivault rename {quoted(library)}")
    return DONE


_PINS_IN = {"pinned": "Pinned, in {}:", "unpinned": "No longer pinned, in {}:", "pin": "{}"}


def _pin(pin: Pin, show: str | None) -> str:
    """`Bleach [Group]  →  BLEACH (2004), tmdb:30984, season 1, numbers +12`."""
    what = pin.folder or f"{pin.title}{f' [{pin.group}]' if pin.group else ''}"
    what += f" {pin.episodes}" if pin.episodes else ""
    where = [show or "", pin.id, f"season {pin.season}" if pin.season is not None else ""]
    where.append(f"numbers {pin.offset:+}" if pin.offset else "")
    return f"{what}  →  {', '.join(filter(None, where))}"


# How many of what: `3 unfinished downloads`. What is amiss is named one by one besides.
_LEFT_OUT = {
    "ignored": "of an ignore list",
    "partial": "unfinished",
    "being-written": "still being written",
    "empty": "empty",
    "deleted": "in a recycle bin",
    "snapshot": "snapshots or old versions",
    "hidden": "hidden",
    "system": "of systems and other programs",
    "link": "links",
    "special": "pipes, sockets or devices",
    "unreadable": "unreadable",
    "ignore-list": "lines of ignore lists",
}
_FEW = 3  # names that are shown of what is left out for one reason
_MANY = 20  # and of what is amiss


def left_out(screen: Screen, items: Iterable[LeftOut]) -> bool:
    """What was left out, by reason; True when a user should look at some of it."""
    by_reason: dict[str, list[LeftOut]] = {}
    for item in items:
        screen.event(
            events.LeftOutEvent(
                path=events.shown(item.path),
                reason=item.reason,
                detail=item.detail,
                path_b64=events.b64(item.path),
            )
        )
        by_reason.setdefault(item.reason, []).append(item)
    for reason, found in by_reason.items():
        _left_out(screen, reason, found)
    return any(item.amiss for found in by_reason.values() for item in found)


def _left_out(screen: Screen, reason: str, found: Sequence[LeftOut]) -> None:
    """All of one reason: what is amiss one by one, of the rest a few names, or all with --verbose."""
    if found[0].amiss:
        for item in found if screen.verbose else found[:_MANY]:
            screen.note(
                f"Left out, {_LEFT_OUT[reason]}: {item.path}{f' ({item.detail})' if item.detail else ''}"
            )
        if len(found) > _MANY and not screen.verbose:
            screen.note(f"Left out, {_LEFT_OUT[reason]}: {len(found) - _MANY:,} more; --verbose names them.")
    elif screen.verbose:
        for item in found:
            screen.note(f"Left out, {_LEFT_OUT[reason]}: {item.path}")
    elif not screen.json:
        names = ", ".join(item.path.rpartition("/")[2] for item in found[:_FEW])
        more = f", and {len(found) - _FEW:,} more" if len(found) > _FEW else ""
        screen.note(f"Left out, {_LEFT_OUT[reason]}: {names}{more}")


def notices(screen: Screen, lines: Iterable[str]) -> None:
    """What providers have to say: what failed, and that the run went on."""
    for line in lines:
        screen.event(events.NoticeEvent(text=line))
        screen.note(line)


def summary(screen: Screen, command: str, counts: Counter[str], text: str) -> None:
    """The last line, and the last event."""
    screen.event(events.SummaryEvent(command=command, counts=dict(counts)))
    screen.line(text, style="bold")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.most_common() if number)


def counted(number: int, what: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
