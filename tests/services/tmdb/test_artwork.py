"""Pictures from a server that answers as TMDB's image host does, and from one that does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import msgspec
import pytest

from anivault.core.arrivals import lacking
from anivault.core.organized import Fetched
from anivault.core.planning.describing.pictures import Picture
from anivault.services.secrets import Secret
from anivault.services.tmdb.artwork import fetch, kind_of
from anivault.services.tmdb.wire import BODY_CAP, image_address
from anivault.shared.errors import ConfigError
from tests.conftest import Run
from tests.tmdb_server.bench import CANARY, FakeClock, small
from tests.tmdb_server.server import Reply, Server

FERRY = 9001
JPEG = b"\xff\xd8\xff\xe0" + b"jpeg" * 40
PNG = b"\x89PNG\r\n\x1a\n" + b"png" * 40
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "
HTML = b"<html>Sign in to the hotel network</html>"
SHOW = "Shows/The Star Ferry"


@pytest.fixture
def server() -> Iterator[Server]:
    """A show with a poster, a backdrop and a poster of its first season."""
    with Server(small(), key=CANARY) as server:
        row = server.facts.by_id["tv", FERRY]
        row |= {"poster_path": "/show.jpg", "backdrop_path": "/wide.jpg"}
        next(s for s in row["seasons"] if s["season_number"] == 1)["poster_path"] = "/first.png"
        server.images = {name: Reply(body=JPEG) for name in ("show.jpg", "wide.jpg")}
        server.images["first.png"] = Reply(body=PNG)
        yield server


def picture(kind: Any = "poster", season: int | None = None) -> Picture:
    target = f"{SHOW}/{kind}{'' if season is None else season}"
    return Picture(media_type="tv", id=FERRY, kind=kind, season=season, target=target, video=f"{SHOW}/1.mkv")


ALL = (picture(), picture("backdrop"), picture(season=1))


def fetched(server: Server, folder: Path, *wanted: Picture) -> Fetched:
    return fetch(
        wanted or ALL,
        key=Secret(CANARY),
        folder=folder,
        url=server.url,
        images=server.image_url,
        clock=FakeClock(),
    )


def names(result: Fetched) -> dict[str, bytes]:
    return {write.target.rpartition("/")[2]: write.data for write in result.writes}


def test_posters_and_backdrops_come_each_in_its_own_format(server: Server, tmp_path: Path) -> None:
    result = fetched(server, tmp_path)

    assert names(result) == {"poster.jpg": JPEG, "backdrop.jpg": JPEG, "poster1.png": PNG}
    assert result.notices == ()
    assert {write.video for write in result.writes} == {f"{SHOW}/1.mkv"}


def test_logos_and_stills_come_with_one_question_a_show(server: Server, tmp_path: Path) -> None:
    row = server.facts.by_id["tv", FERRY]
    logos = [{"file_path": "/vector.svg", "iso_639_1": "en"}, {"file_path": "/logo.png", "iso_639_1": None}]
    row |= {"logos": logos, "stills": {"1/2": "/still.jpg"}}
    server.images |= {"logo.png": Reply(body=PNG), "still.jpg": Reply(body=JPEG)}
    still = msgspec.structs.replace(picture("still", 1), episode=2)

    result = fetched(server, tmp_path, picture(), picture("logo"), still)

    assert names(result) == {"poster.jpg": JPEG, "logo.png": PNG, "still1.jpg": JPEG}
    asked = [request.target for request in server.requests if "/t/p/" not in request.target]
    assert len(asked) == 1
    assert unquote(asked[0]).count("images,season/1") == 1


def test_the_image_host_never_sees_the_key(server: Server, tmp_path: Path) -> None:
    fetched(server, tmp_path)

    asked = [request for request in server.requests if request.target.startswith("/t/p/")]
    assert len(asked) == 3
    assert not [r for r in asked if "authorization" in r.headers or CANARY in r.target]


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(body=HTML), id="a login page"),
        pytest.param(Reply(404, b"<h1>File not Found</h1>"), id="not found"),
        pytest.param(Reply(body=JPEG + b"x" * BODY_CAP), id="too large"),
        pytest.param(Reply(500), id="a fault"),
    ],
)
def test_a_picture_that_fails_costs_only_itself(server: Server, tmp_path: Path, reply: Reply) -> None:
    server.images["show.jpg"] = reply
    result = fetched(server, tmp_path)

    assert set(names(result)) == {"backdrop.jpg", "poster1.png"}
    assert len(result.notices) == 1
    assert result.notices[0].startswith("1 picture was not fetched.")


def test_no_redirect_is_followed(server: Server, tmp_path: Path) -> None:
    with Server(small()) as elsewhere:
        elsewhere.images["show.jpg"] = Reply(body=JPEG)
        server.images["show.jpg"] = Reply(302, headers={"Location": f"{elsewhere.image_url}/w780/show.jpg"})
        result = fetched(server, tmp_path, picture())

        assert result.writes == ()
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "path",
    ["//evil.example/a.jpg", "/../../a.jpg", "http://evil.example/a.jpg", "/a.jpg?x=@evil", "/a.svg", 7],
)
def test_a_path_that_could_lead_elsewhere_is_no_path(server: Server, tmp_path: Path, path: object) -> None:
    server.facts.by_id["tv", FERRY]["poster_path"] = path
    result = fetched(server, tmp_path, picture())

    assert result.writes == ()
    assert not [request for request in server.requests if request.target.startswith("/t/p/")]


@pytest.mark.parametrize(
    "url", ["http://image.tmdb.org/t/p", "ftp://127.0.0.1", "https://a@b/", "file:///etc"]
)
def test_an_image_host_is_reached_safely_or_not_at_all(url: str) -> None:
    with pytest.raises(ConfigError, match="ANIVAULT_TMDB_IMAGES"):
        image_address(url)


def test_what_tmdb_has_no_picture_of_is_no_failure(server: Server, tmp_path: Path) -> None:
    assert fetched(server, tmp_path, picture(season=2)) == Fetched()


def test_a_picture_of_any_format_makes_another_superfluous(tmp_path: Path) -> None:
    (tmp_path / SHOW).mkdir(parents=True)
    (tmp_path / SHOW / "poster.webp").write_bytes(WEBP)

    assert lacking(str(tmp_path), ALL) == ALL[1:]


def test_pictures_are_known_by_their_first_bytes() -> None:
    assert [kind_of(body) for body in (JPEG, PNG, WEBP)] == [".jpg", ".png", ".webp"]
    with pytest.raises(ValueError, match="no picture"):
        kind_of(HTML)


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    pile = tmp_path / "pile"
    pile.mkdir()
    (pile / "[Moon] Hoshi no Ferry (2015) - 01 [1080p].mkv").write_bytes(b"video")
    return pile


@pytest.fixture
def online(server: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", CANARY)
    monkeypatch.setenv("ANIVAULT_TMDB_URL", server.url)
    monkeypatch.setenv("ANIVAULT_TMDB_IMAGES", server.image_url)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".anivault" not in path.parts
    }


@pytest.mark.usefixtures("online")
def test_pictures_land_beside_the_show_and_a_rollback_takes_them_away(
    run: Run, pile: Path, tmp_path: Path, server: Server
) -> None:
    library = tmp_path / "library"
    plan = run("organize", pile, "--to", library, "--artwork")
    assert "5 pictures to look for" in plan.out
    assert not [request for request in server.requests if request.target.startswith("/t/p/")]

    done = run("organize", pile, "--to", library, "--artwork", "--apply")
    there = {os.path.basename(name): data for name, data in tree(library).items() if "mkv" not in name}
    assert "3 pictures written" in done.out
    assert there == {"poster.jpg": JPEG, "fanart.jpg": JPEG, "poster.png": PNG}

    assert run("rollback", library, "--apply").code == 0
    assert tree(library) == {}


@pytest.mark.usefixtures("online")
def test_nfo_files_say_what_tmdb_tells_with_no_question_an_episode(
    run: Run, pile: Path, tmp_path: Path, server: Server
) -> None:
    server.facts.by_id["tv", FERRY] |= {
        "overview": {"en": "A ferry & the stars."}, "vote_average": 7.9, "vote_count": 12,
        "cast": [{"name": "First Voice", "character": "Captain", "order": 0}],
        "content_ratings": [{"iso_3166_1": "US", "rating": "TV-PG"}],
    }  # fmt: skip
    library = tmp_path / "library"
    run("cache", "clear")  # other tests share it

    assert run("organize", pile, "--to", library, "--nfo", "--apply").code == 0

    written = {path.name: ElementTree.fromstring(path.read_bytes()) for path in library.rglob("*.nfo")}
    show, (episode,) = written["tvshow.nfo"], [e for e in written.values() if e.tag == "episodedetails"]
    assert [show.findtext(name) for name in ("plot", "rating", "mpaa", "actor/role")] == [
        "A ferry & the stars.", "7.9", "TV-PG", "Captain",
    ]  # fmt: skip
    assert (episode.findtext("aired"), episode.findtext("runtime")) == ("2015-04-05", "24")
    assert episode.findtext("uniqueid") not in {None, str(FERRY)}
    assert not [request for request in server.requests if "/episode/" in request.target]


@pytest.mark.usefixtures("home")
def test_without_a_key_one_line_says_that_no_pictures_come(run: Run, pile: Path, tmp_path: Path) -> None:
    done = run("organize", pile, "--to", tmp_path / "library", "--artwork")

    assert (done.out + done.err).count("No pictures are fetched.") == 1
