"""Print the systemd units of a watch: a user's service, and a timer that files what no one has told of.

In: the words of the watch. Out: text. Touches nothing; docs/automation.md says where it goes.
"""

from __future__ import annotations

from collections.abc import Sequence

UNITS = """\
# ~/.config/systemd/user/anivault-watch.service
[Unit]
Description=AniVault files what arrives
Documentation=man:systemd.service(5)

[Service]
ExecStart={watch}
ExecReload=kill -HUP $MAINPID
Restart=on-failure
RestartSec=30
SuccessExitStatus=130 143
Nice=10

[Install]
WantedBy=default.target

# ~/.config/systemd/user/anivault-organize.service
[Unit]
Description=AniVault files what was missed

[Service]
Type=oneshot
ExecStart={organize}
SuccessExitStatus=10
Nice=10

# ~/.config/systemd/user/anivault-organize.timer
[Unit]
Description=Every night: AniVault files what was missed

[Timer]
OnCalendar=03:30
RandomizedDelaySec=30min
Persistent=true

[Install]
WantedBy=timers.target
"""


def units(program: Sequence[str], paths: Sequence[str], more: Sequence[str]) -> str:
    """The three units; `more` are the options that both commands get."""
    rest = [*paths, *more]
    return UNITS.format(
        watch=_line([*program, "watch", *rest]),
        organize=_line([*program, "organize", *rest, "--apply", "--quiet"]),
    )


def _line(words: Sequence[str]) -> str:
    return " ".join(map(_word, words))


def _word(word: str) -> str:
    """A word as systemd reads it: % and $ would stand for something else."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if set(text) & set(" \t'\";#\\") or not text.isprintable() else text
