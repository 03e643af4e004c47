"""What TMDB says to each question, made from facts in the shape of its contract. Pure.

What the facts lack is made up: runtimes, air dates of episodes, names of episodes and seasons.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from .facts import Facts, Row

Json = dict[str, Any]
Params = dict[str, str]
PAGE = 20
ERRORS = {
    5: (422, "Invalid parameters: Your request parameters are incorrect."),
    6: (404, "Invalid id: The pre-requisite id is invalid or not found."),
    7: (401, "Invalid API key: You must be granted a valid key."),
    22: (400, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer."),
    27: (400, "Too many append to response objects: The maximum number of remote calls is 20."),
    34: (404, "The resource you requested could not be found."),
    42: (405, "This request method is not supported for this resource."),
}
REGIONS = {"en": "US", "ja": "JP", "ko": "KR", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "ru": "RU"}
SCRIPTS = {"zh-Hans": ("zh", "CN"), "zh-Hant": ("zh", "TW"), "pt-BR": ("pt", "BR")}
LANGUAGES = {f"{code}-{region}": tag for tag, (code, region) in SCRIPTS.items()}


class TmdbError(Exception):
    """An answer that is one of TMDB's errors."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.status, message = ERRORS[code]
        self.body = {"success": False, "status_code": code, "status_message": message}


def answer(facts: Facts, path: str, params: Params) -> Json:
    """Answer one question. Raises TmdbError."""
    match path.strip("/").split("/"):
        case ["3", "authentication"]:
            return {"success": True, "status_code": 1, "status_message": "Success."}
        case ["3", "configuration"]:
            return {
                "images": {
                    "secure_base_url": "https://image.tmdb.org/t/p/",
                    "poster_sizes": ["w92", "original"],
                }
            }
        case ["3", "genre", "tv" | "movie", "list"]:
            return {"genres": [{"id": 16, "name": "Animation"}]}
        case ["3", "search", "tv" | "movie" | "multi" as kind]:
            return _search(facts, kind, params)
        case ["3", "find", external]:
            return _find(facts, external, params)
        case ["3", "tv", "episode_group", group]:
            return _group(facts, group)
        case ["3", "tv" | "movie" as kind, number, *rest]:
            return _detail(_row(facts, kind, number), rest, params)
    raise TmdbError(34)


def _search(facts: Facts, kind: str, params: Params) -> Json:
    if not params.get("query"):
        raise TmdbError(5)
    page = params.get("page", "1")
    if not page.isdigit() or not 1 <= int(page) <= 500:
        raise TmdbError(22)
    kinds = ("tv", "movie") if kind == "multi" else (kind,)
    rows = [row for row in facts.search(kinds, params["query"]) if kind == "multi" or _of_year(row, params)]
    shown = rows[(int(page) - 1) * PAGE : int(page) * PAGE]
    return {
        "page": int(page),
        "results": [
            _summary(row, params) | ({"media_type": row["media_type"]} if kind == "multi" else {})
            for row in shown
        ],
        "total_pages": -(-len(rows) // PAGE),
        "total_results": len(rows),
    }


def _of_year(row: Row, params: Params) -> bool:
    """The show's first year, or for `year` that of any season: a sequel's year finds nothing else."""
    first = params.get("first_air_date_year") or params.get("primary_release_year")
    if first and str(row["year"]) != first:
        return False
    years = {str(row["year"]), *(str(s.get("air_date"))[:4] for s in row.get("seasons") or ())}
    return params.get("year", str(row["year"])) in years


def _summary(row: Row, params: Params) -> Json:
    tv = row["media_type"] == "tv"
    common = {
        "adult": False,
        "backdrop_path": row.get("backdrop_path"),
        "genre_ids": row["genre_ids"],
        "id": row["tmdb_id"],
        "original_language": row["original_language"],
        "overview": row.get("overview", {}).get(_language(params), ""),
        "popularity": row["popularity"],
        "poster_path": row.get("poster_path"),
        "vote_average": row.get("vote_average", 0.0),
        "vote_count": row.get("vote_count", 0),
    }
    name = _name(row, params)
    if not tv:
        day = _day(row, "release_date")
        return common | {
            "title": name,
            "original_title": row["original_title"],
            "release_date": day,
            "video": False,
        }
    day = _day(row, "first_air_date")
    own = {"name": name, "original_name": row["original_title"], "first_air_date": day}
    return common | own | {"origin_country": row["origin_country"]}


def _day(row: Row, field: str) -> str:
    """The date; where only the year is known, a day of that year is made up."""
    made_up = f"{row['year']}-01-01" if row.get("year") else ""
    return str(row.get(field) or made_up)


def _language(params: Params) -> str:
    tag = params.get("language") or "en-US"
    return LANGUAGES.get(tag, tag.partition("-")[0])


def _name(row: Row, params: Params) -> str:
    """The title in the language asked for; with no translation the original one."""
    name: str = row["titles"].get(_language(params)) or row["original_title"]
    return name


def _row(facts: Facts, kind: str, number: str) -> Row:
    if not number.isdigit():
        raise TmdbError(6)
    row = facts.by_id.get((kind, int(number)))
    if row is None:
        raise TmdbError(34)
    return row


def _detail(row: Row, rest: list[str], params: Params) -> Json:
    if rest:
        return _part(row, rest, params)
    appended = [part for part in params.get("append_to_response", "").split(",") if part]
    if len(appended) > 20:
        raise TmdbError(27)
    whole = _whole(row, params)
    for part in appended:
        try:
            whole[part] = _part(row, part.split("/"), params)
        except TmdbError:  # TMDB leaves out what is not there
            continue
    return whole


def _whole(row: Row, params: Params) -> Json:
    summary = _summary(row, params)
    summary["genres"] = [{"id": genre, "name": str(genre)} for genre in summary.pop("genre_ids")]
    if row["media_type"] == "movie":
        return summary | {
            "status": "Released",
            "runtime": 90,
            "imdb_id": _external(row, "imdb"),
            "belongs_to_collection": None,
        }
    seasons = [_season_line(season) for season in row.get("seasons") or ()]
    return summary | {
        "seasons": seasons,
        "number_of_seasons": sum(1 for s in seasons if s["season_number"]),
        "number_of_episodes": sum(s["episode_count"] for s in seasons if s["season_number"]),
        "status": row.get("status", "Ended"),
        "type": "Scripted",
        "next_episode_to_air": None,
    }


def _part(row: Row, rest: list[str], params: Params) -> Json:
    """A part of a show, alone or appended."""
    match rest:
        case ["season", number] if row["media_type"] == "tv":
            return _season(row, number, params)
        case ["season", number, "episode", episode] if row["media_type"] == "tv":
            return _episode(row, number, episode, params)
        case [name] if name in PARTS:
            return {"id": row["tmdb_id"]} | PARTS[name](row)
    raise TmdbError(34)


def _season_line(season: Row) -> Json:
    number = season["season_number"]
    return {
        "air_date": season.get("air_date"),
        "episode_count": season.get("episode_count") or 0,
        "id": season.get("id") or zlib.crc32(f"{season}".encode()) >> 1,
        "name": season.get("name") or (f"Season {number}" if number else "Specials"),
        "overview": "",
        "poster_path": season.get("poster_path"),
        "season_number": number,
        "vote_average": 0.0,
    }


def _season(row: Row, number: str, params: Params) -> Json:
    season = next((s for s in row.get("seasons") or () if str(s["season_number"]) == number), None)
    if season is None:
        raise TmdbError(34)
    line = _season_line(season)
    first = season.get("first_episode") or 1
    numbers = range(first, first + line["episode_count"])
    episodes = [_episode_line(row, season, n, n - first, params) for n in numbers]
    return line | {"_id": f"{row['tmdb_id']:024x}", "episodes": episodes}


def _episode_line(row: Row, season: Row, number: int, week: int, params: Params) -> Json:
    begin = season.get("air_date")
    titles = row.get("episode_titles", {}).get(str(season["season_number"]), {})
    title = titles.get(str(number)) if _language(params) == "en" else None
    return {
        "air_date": str(date.fromisoformat(begin) + timedelta(weeks=week)) if begin else None,
        "crew": [],
        "episode_number": number,
        "episode_type": "standard",
        "guest_stars": [],
        "id": zlib.crc32(f"{row['tmdb_id']}/{season['season_number']}/{number}".encode()) >> 1,
        "name": title or (f"第{number}話" if _language(params) == "ja" else f"Episode {number}"),
        "overview": "",
        "runtime": 24,
        "season_number": season["season_number"],
        "show_id": row["tmdb_id"],
        "still_path": row.get("stills", {}).get(f"{season['season_number']}/{number}"),
    }


def _episode(row: Row, number: str, episode: str, params: Params) -> Json:
    found = (e for e in _season(row, number, params)["episodes"] if str(e["episode_number"]) == episode)
    return next(found, None) or _missing()


def _missing() -> Json:
    raise TmdbError(34)


def _translations(row: Row) -> Json:
    """Every translation; an empty name says that it is the original one. Romaji is none."""
    field = "name" if row["media_type"] == "tv" else "title"
    listed = []
    for tag, title in row["titles"].items():
        if tag.endswith("-Latn"):
            continue
        code, region = SCRIPTS.get(tag, (tag, REGIONS.get(tag, "")))
        own = "" if title == row["original_title"] else title
        listed.append(
            {
                "iso_639_1": code,
                "iso_3166_1": region,
                "name": code,
                "english_name": code,
                "data": {field: own, "overview": ""},
            }
        )
    return {"translations": listed}


def _alternatives(row: Row) -> Json:
    return {"results" if row["media_type"] == "tv" else "titles": row["alternative_titles"]}


def _external_ids(row: Row) -> Json:
    tvdb = _external(row, "tvdb")
    return {"imdb_id": _external(row, "imdb"), "tvdb_id": tvdb and int(tvdb), "wikidata_id": None}


def _external(row: Row, source: str) -> str | None:
    return next((str(external) for external in row.get("external_ids", {}).get(source, ())), None)


def _group_list(row: Row) -> Json:
    groups = row.get("episode_groups", ())
    return {
        "results": [
            {
                "description": "",
                "episode_count": sum(len(part["episodes"]) for part in group["groups"]),
                "group_count": len(group["groups"]),
                "id": group["id"],
                "name": group["name"],
                "network": None,
                "type": group["type"],
            }
            for group in groups
        ]
    }


def _group(facts: Facts, number: str) -> Json:
    if number not in facts.groups:
        raise TmdbError(34)
    row, group = facts.groups[number]
    parts = [
        {
            "id": f"{order:024x}",
            "name": part["name"],
            "order": order,
            "locked": True,
            "episodes": _group_episodes(row, part),
        }
        for order, part in enumerate(group["groups"])
    ]
    return {
        "id": number,
        "name": group["name"],
        "type": group["type"],
        "groups": parts,
        "group_count": len(parts),
    }


def _group_episodes(row: Row, part: Row) -> list[Json]:
    seasons = {season["season_number"]: season for season in row["seasons"]}
    return [
        _episode_line(row, seasons[season], number, number - 1, {}) | {"order": order}
        for order, (season, number) in enumerate(part["episodes"])
    ]


def _find(facts: Facts, external: str, params: Params) -> Json:
    rows = facts.by_external.get((params.get("external_source", ""), external), [])
    found = {
        f"{kind}_results": [_summary(r, params) for r in rows if r["media_type"] == kind]
        for kind in ("tv", "movie")
    }
    return found | {"person_results": [], "tv_episode_results": [], "tv_season_results": []}


PARTS: dict[str, Callable[[Row], Json]] = {
    "translations": _translations,
    "alternative_titles": _alternatives,
    "external_ids": _external_ids,
    "episode_groups": _group_list,
    "credits": lambda row: {"cast": row.get("cast", []), "crew": []},
    "content_ratings": lambda row: {"results": row.get("content_ratings", [])},
    "release_dates": lambda _: {"results": []},
    "images": lambda row: {"backdrops": [], "logos": row.get("logos", []), "posters": []},
}
