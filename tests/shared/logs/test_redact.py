"""No secret leaves: whatever form it has, wherever it stands; and what is none stays readable."""

from __future__ import annotations

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anivault.shared.logs.redact import HIDDEN, LEAST, redacted

WORD = st.text(string.ascii_letters + string.digits + "-_.~+/", min_size=LEAST, max_size=40)
HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
BASE64 = st.text(string.ascii_letters + string.digits + "-_", min_size=10, max_size=40)
AROUND = st.text(string.ascii_letters + " \n:;,/", max_size=12)


@pytest.mark.parametrize(
    "form",
    [
        "api_key={}", "api-key: {}", "apikey = {}", '"api_key": "{}"', "'token': '{}'", "?token={}&page=2",
        "Authorization: Bearer {}", "authorization: Basic {}", "Cookie: {}", "X-Plex-Token={}",
        "X-Emby-Token: {}", "password = {}", "passwd={}", "client_secret={}", "PASSWORD={}",
        "https://user:{}@example.org/", "http://:{}@127.0.0.1", "https://{}@example.org/hook",
    ],
)  # fmt: skip
@given(before=AROUND, secret=WORD, after=AROUND)
def test_what_is_called_a_secret_is_hidden(form: str, before: str, secret: str, after: str) -> None:
    secret = secret.replace("/", "-") if "@" in form else secret
    text = f"{before} {form.format(secret)} {after}"

    assert HIDDEN in redacted(text)
    assert secret not in redacted(text).replace(before, "").replace(after, "")


@pytest.mark.parametrize("password", ["p@ss", "p@@", "a:b@c", "@"])
def test_a_password_with_signs_of_an_address_in_it_is_hidden_whole(password: str) -> None:
    assert redacted(f"https://user:{password}@example.org/path") == f"https://{HIDDEN}@example.org/path"


@given(key=HEX, around=AROUND)
def test_a_key_of_tmdb_needs_no_word_before_it(key: str, around: str) -> None:
    assert key not in redacted(f"{around} {key} {around}")


@given(head=BASE64, body=BASE64, end=BASE64)
def test_a_token_of_tmdb_needs_no_word_before_it(head: str, body: str, end: str) -> None:
    token = f"eyJ{head}.{body}.{end}"

    assert not any(part in redacted(f"got {token} there") for part in (token, body, end))


def test_the_digest_of_a_password_is_hidden() -> None:
    digest = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2g"

    assert redacted(f"password_hash is {digest}.") == f"password_hash is $argon2{HIDDEN}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=WORD, around=AROUND)
@pytest.mark.parametrize(
    "name", ["ANIVAULT_TMDB_KEY", "TMDB_API_KEY", "ANIVAULT_SERVER_HOME_KEY", "ANIVAULT_PASSWORD"]
)
def test_what_a_variable_of_ours_holds_is_hidden_in_any_words(
    monkeypatch: pytest.MonkeyPatch, name: str, secret: str, around: str
) -> None:
    monkeypatch.setenv(name, secret)

    assert secret not in redacted(f"/pile/{around}{secret}{around}.mkv").replace(around, "")


def test_of_two_secrets_one_in_the_other_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "abcdefgh")
    monkeypatch.setenv("TMDB_API_KEY", "abcdefghijklmnop")

    assert redacted("abcdefghijklmnop abcdefgh") == f"{HIDDEN} {HIDDEN}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANIVAULT_TMDB_KEY", "short"),  # it would take letters out of names
        ("ANIVAULT_LIBRARY", "/home/user/library"),  # not called a secret
        ("OTHER_API_KEY", "somebody-elses-key"),  # another program's
    ],
)
def test_other_variables_hide_nothing(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    assert redacted(f"/pile/{value}.mkv") == f"/pile/{value}.mkv"


@pytest.mark.parametrize(
    "text",
    [
        "/pile/[Group] Show - 01 [1080p][ABCD1234].mkv",
        "Key: The Metal Idol - 01.mkv",
        "Token of Love (2012).mkv",
        "https://example.org:8096/path@2x.png",
        "http://127.0.0.1:8686/plan",
        "tmdb:1234, season 2",
        "a@b.example",
        "0123456789abcdef",  # a hash that is too short for a key
        "",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert redacted(text) == text


@given(st.text())
def test_hiding_twice_is_hiding_once(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)
