"""Made-up collections: titles that tempt servers to misread, and every kind of file."""

from __future__ import annotations

import random
from collections.abc import Iterator

from anivault.core.models import Candidate, Coordinates, MatchedFile, ParsedFile
from anivault.parser.models import VideoType
from tests.core.records import beside, scanned, show, video

TITLES = (
    "Mushishi", "86", "Re:ZERO -Starting Life-", "[Oshi no Ko]", "Fate/stay night", ".hack//SIGN",
    "CON", "K",
    "Mob Psycho 100", "2.43: Seiin", "Area 88", "1x1 Heroes", "S2E3 Project", "Season 2", "Part 1",
    "Free Sample", "Trailer", "The -Other", "To Love-Ru", "What?", "A*B", '"Quoted"', "進撃の巨人",
    "x2", "01", "나의 히어로", "Ünïcode", "Long " * 60, "長い題名" * 40, "tmdbid-99", "{tmdb-99} x",
    "[tmdbid-99]",
    "E12", "Ep 3", "Steins;Gate 0", "Tokyo 24th Ward", "2012 (2012)", "Extras", "Specials",
    "Title  with   blanks",
    "Dot.", "…", "nul.txt", "aux", "Ｆｕｌｌ", "Sample", "Behind the Scenes", "cd1", "Ga-Rei: Zero",
    "No. 6", "ID-0",
    "3x3 Eyes", "4x4", "S01 05", "2014-05-06", "The 05.06.2014 Show", "Metadata", "Subs", "Lost+Found",
    "In a Trailer Park", "Nice-Shortcut", "The-Trailer", "A.Sample", "Sample-Film", "Resample", "_Sample_",
    "100% Pascal-sensei", "50%41", "Love+E3", "tt0213338", "Grey A", "Scene-Clip3", "Interview", "Extra",
)  # fmt: skip
EPISODE_TITLES = (
    None, None, None, "Tender Horns", "E2 the Return", "x3", "2 Girls", "S02E05", "1x07",
    "Trailer", "Part 2",
    "Free Sample", "-Other", "- Extra", "The Short", "A/B", "100", "1080p", "The End?", "Ep. 5",
    "[Uncut]",
    "第1話", "very " * 80, "長" * 120, "cd2", "e", "E", "E04", "-E09", "-09", "to 5", "2001.03.04",
    "Season 3",
    "Trailer2", "-Scene1", "Short 3", "Clip-7", "Deleted9", "- Other12", "In a Trailer Park", "Nice-Shortcut",
    "2x1-3", "2x1 - 3x5", "3x3 Eyes", "x265", "x0r", "E7", "e 7", "ep.12", "S2+E5", "S2 - E5", "s03.e04",
    "2014-05-06", "05.06.2014", "12.5", ".special", "1280x720", "Samples", "sample.", "Resample", "Sample-X",
    "100%41", "a", "b", "-05", "_Trailer", ".Sample", "Behindthescenes", "tt1234567",
)  # fmt: skip
EXTRAS = {
    "NCOP": VideoType.OP, "NCED 2": VideoType.ED, "NCOP1a": VideoType.OP, "PV S01E02": VideoType.PV,
    "CM 103": VideoType.CM, "Menu Vol.2": VideoType.MENU, "PV E3": VideoType.PV, "PV Part 2": VideoType.PV,
    "CM 2x03": VideoType.CM, "PV Sample": VideoType.PV,
    "Interview 101": VideoType.INTERVIEW, "Making of S01E03": VideoType.BEHIND_THE_SCENES,
    "Behind the Scenes 2": VideoType.BEHIND_THE_SCENES,
    "NCOP Theme2": VideoType.OP, "NCED Volume1": VideoType.ED, "PV 1920x1080": VideoType.PV,
    "CM 101a": VideoType.CM, "CM 1997": VideoType.CM, "Menu pt 2x3": VideoType.MENU, "PV ep.4": VideoType.PV,
    "Interview 2014-05-06": VideoType.INTERVIEW, "PV 05.06.2014": VideoType.PV, "PV.special": VideoType.PV,
    "NCOP 12.5": VideoType.OP, "CM Stage3 103 Part II": VideoType.CM, "PV _103_": VideoType.PV,
    "Interview S2 - E5": VideoType.INTERVIEW, "PV%20E3": VideoType.PV, "PV+103": VideoType.PV,
    "CM 1280 x 720": VideoType.CM, "PV Step 4": VideoType.PV, "Menu #103": VideoType.MENU,
    "PV pt.iv": VideoType.PV, "NCED EP12v2": VideoType.ED, "CM 2x03e4": VideoType.CM,
    "Menu Stage2x3": VideoType.MENU, "PV 103.": VideoType.PV, "CM Part 100": VideoType.CM,
}  # fmt: skip
GROUPS = ("A", "B", "C-Sub", "x0r", "E7", "103", "Sample", "d", "-Trailer", "AniA", "AniB", "2x3", "x265")
CODECS = (None, None, "x265", "x264", "HEVC", "E10")
# tail, language, forced, sdh, default
TAILS = (
    (".en", "en", False, False, False), (".eng.forced", "en", True, False, False),
    (".JPSC", "zh-Hans", False, False, False), (" [CHS]", "zh-Hans", False, False, False),
    (".tc", "zh-Hant", False, False, False), ("", "", False, False, False),
    (".English (SDH)", "en", False, True, False), (".default.ja", "ja", False, False, True),
    (".Foreigner-Subs.de", "de", False, False, False), (".Signs & Songs.eng", "en", False, False, False),
    (".pt-BR", "pt-BR", False, False, False), (".hi", "hi", False, False, False),
    (".fr.hi", "fr", False, True, False), (".Enforced Subs.de", "de", False, False, False),
    (".Defaulted.en", "en", False, False, False), (".To Love-Ru Group.it", "it", False, False, False),
    ("_track3_[spa]", "es", False, False, False), (".zh-Hant.forced.sdh", "zh-Hant", True, True, False),
)  # fmt: skip


def candidates(chance: random.Random, count: int) -> list[Candidate]:
    return [
        show(
            1000 + number,
            chance.choice(TITLES) if chance.random() < 0.7 else f"Show {number}",
            1000 + number,  # the year tells shows of one title apart where a preset has no id
            "movie" if chance.random() < 0.15 else "tv",
        )
        for number in range(count)
    ]


def files_of(candidate: Candidate, chance: random.Random) -> Iterator[MatchedFile]:
    """The videos of one show or film, in a folder of their own."""
    home = f"c{candidate.id}"
    if candidate.media_type == "movie":
        for part in (1, 2) if chance.random() < 0.3 else (None,):
            yield video(f"{home}/film {part}.mkv", candidate, part=part)
    else:
        yield from episodes_of(candidate, home, chance)
    for name in chance.sample(sorted(EXTRAS), 3):
        yield video(f"{home}/{name}.mkv", candidate, type=EXTRAS[name], season=chance.choice([None, 1, 2]))


def episodes_of(candidate: Candidate, home: str, chance: random.Random) -> Iterator[MatchedFile]:
    for season in sorted(chance.sample(range(13), chance.randint(1, 3))):
        number = chance.choice([1, 1, 1, 62, 99, 996, 998, 1071])
        for _ in range(chance.randint(1, 14)):
            length = chance.choice([1] * 12 + [2, 3])
            numbers = range(number, number + length)
            places = [
                Coordinates(season=season, episode=n, absolute=n, title=chance.choice(EPISODE_TITLES))
                for n in numbers
            ]
            number += len(places)
            name = f"{home}/s{season} - {number}.mkv"
            yield video(
                name,
                candidate,
                *places,
                resolution=chance.choice(["720p", "1080p"]),
                group=chance.choice(GROUPS),
                video_codec=chance.choice(CODECS),
            )
            if chance.random() < 0.15:
                some = places[: chance.randint(1, len(places))]
                name = f"{home}/other s{season} - {number}.{chance.choice(['mp4', '3gp'])}"
                codec, group = chance.choice(CODECS), chance.choice(GROUPS)
                yield video(name, candidate, *some, group=group, video_codec=codec)


def subtitles_of(
    files: list[MatchedFile], chance: random.Random
) -> Iterator[tuple[ParsedFile, MatchedFile, tuple[object, ...]]]:
    """Subtitles with what their names say."""
    for item in files:
        for tail, *said in chance.sample(TAILS, chance.choice([0, 0, 1, 2])):
            extension = chance.choice(["ass", "srt"])
            yield beside(f"{item.file.rel.rpartition('.')[0]}{tail}.{extension}"), item, tuple(said)


__all__ = ["candidates", "files_of", "scanned", "subtitles_of"]
