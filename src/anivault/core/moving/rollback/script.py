"""Write a rollback as a script that needs no AniVault: POSIX shell or PowerShell.

In: a RollbackPlan. Out: the script's bytes. Pure. The script has the checks of the executor: a file that
changed since stays, a place that is taken stays taken, a folder goes only when it is empty. Run without
an argument it only shows; `--apply` (`-Apply`) does it. It ends with 1 when something was kept.
"""

from __future__ import annotations

import codecs
import errno
import os
from collections.abc import Callable, Iterable, Iterator

from anivault.core.models import GONE
from anivault.core.moving.journal.records import Do
from anivault.core.moving.rollback.inverse import RollbackPlan
from anivault.shared import fs, trust
from anivault.shared.errors import OutputRefusedError

SHELL = b"""#!/bin/sh
# Puts back what AniVault moved. It needs a POSIX shell and stat; AniVault itself is not needed.
#   sh FILE            shows what would be done
#   sh FILE --apply    does it
set -u
apply=no; [ "${1-}" = --apply ] && apply=yes
kept=0
keep() { kept=$((kept + 1)); printf 'kept: %s (%s)\\n' "$1" "$2"; }
shown() { [ "$apply" = no ] && printf 'would %s: %s\\n' "$1" "$2"; }
here() { [ -e "$1" ] || [ -h "$1" ]; }
mtime() { stat -c %Y "$1" 2>/dev/null || stat -f %m "$1"; }
same() { # file size seconds
  [ -f "$1" ] && [ ! -h "$1" ] && [ "$(wc -c <"$1" | tr -d ' ')" = "$2" ] && [ "$(mtime "$1")" = "$3" ]
}
place() { # file name: never replaces, on one disk or across two
  mkdir -p "$(dirname "$2")" || return 1
  if ln "$1" "$2" 2>/dev/null; then rm "$1"; return; fi
  t=$2.anivault-part
  cp --preserve=all "$1" "$t" 2>/dev/null || cp -p "$1" "$t"
  cmp -s "$1" "$t" || { rm -f "$t"; return 1; }
  sync
  ln "$t" "$2" 2>/dev/null || mv -n "$t" "$2" || return 1
  rm -f "$t"; cmp -s "$1" "$2" && rm "$1"
}
back() { # file size seconds name
  if here "$4"; then keep "$1" 'its place is taken'
  elif ! same "$1" "$2" "$3"; then keep "$1" 'it is gone or changed since'
  elif shown 'move back' "$4"; then :
  elif place "$1" "$4"; then printf 'moved back: %s\\n' "$4"
  else keep "$1" 'it could not be moved'; fi
}
again() { # how file size seconds name: back into the library; what has its name goes before
  if [ "$apply" = yes ] && here "$5"; then keep "$2" 'its place is taken'
  elif ! same "$2" "$3" "$4"; then keep "$2" 'it is gone or changed since'
  elif shown "$1" "$5"; then :
  elif mkdir -p "$(dirname "$5")" && "make_$1" "$2" "$5"; then printf 'put back: %s\\n' "$5"
  else keep "$2" 'it could not be put back'; fi
}
make_link() { ln "$1" "$2"; }
make_symlink() { ln -s "$1" "$2"; }
make_move() { place "$1" "$2"; }
make_copy() { # file name
  t=$2.anivault-part
  cp --preserve=all "$1" "$t" 2>/dev/null || cp -p "$1" "$t"
  cmp -s "$1" "$t" || { rm -f "$t"; return 1; }
  sync
  ln "$t" "$2" 2>/dev/null || mv -n "$t" "$2" || return 1
  rm -f "$t"
}
drop() { # file size seconds where-its-content-is
  if ! here "$1"; then keep "$1" 'it is gone'
  elif [ -h "$1" ] && [ "$(readlink "$1")" != "$4" ]; then keep "$1" 'changed since'
  elif [ ! -h "$1" ] && [ ! "$1" -ef "$4" ] && ! { same "$1" "$2" "$3" && cmp -s "$1" "$4"; }; then
    keep "$1" 'changed since, or its content is nowhere else'
  else shown remove "$1" || rm "$1" || keep "$1" 'it could not be removed'; fi
}
unmake() { # file size seconds
  if ! same "$1" "$2" "$3"; then keep "$1" 'it is gone or changed since'
  else shown remove "$1" || rm "$1" || keep "$1" 'it could not be removed'; fi
}
fold() { # folder
  shown 'remove the folder if it is empty' "$1" || rmdir "$1" 2>/dev/null || keep "$1" 'it is not empty'
}

"""

POWERSHELL = """# Puts back what AniVault moved. AniVault itself is not needed.
#   FILE.ps1           shows what would be done
#   FILE.ps1 -Apply    does it
param([switch]$Apply)
$ErrorActionPreference = 'Stop'
$script:kept = 0
function Keep($path, $why) { $script:kept++; Write-Output "kept: $path ($why)" }
function Item($path) { Get-Item -LiteralPath $path -Force -ErrorAction SilentlyContinue }
function IsLink($item) { [bool]($item.Attributes -band [IO.FileAttributes]::ReparsePoint) }
function Same($path, $size, $seconds) {
  $item = Item $path
  if (-not $item -or $item.PSIsContainer -or (IsLink $item)) { return $false }
  $then = [DateTimeOffset]::new($item.LastWriteTimeUtc, [TimeSpan]::Zero).ToUnixTimeSeconds()
  return ($item.Length -eq $size) -and ($then -eq $seconds)
}
function Equal($one, $other) {
  if (-not (Test-Path -LiteralPath $other -PathType Leaf)) { return $false }
  (Get-FileHash -LiteralPath $one).Hash -eq (Get-FileHash -LiteralPath $other).Hash
}
function Try-It($path, $what, $action) {
  if (-not $Apply) { Write-Output "would ${what}: $path"; return }
  try { & $action } catch { Keep $path $_.Exception.Message }
}
function Back($path, $size, $seconds, $name) {
  if (Item $name) { Keep $path 'its place is taken'; return }
  if (-not (Same $path $size $seconds)) { Keep $path 'it is gone or changed since'; return }
  Try-It $path 'move back' {
    [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($name))
    [IO.File]::Move($path, $name)
  }
}
function Again($how, $path, $size, $seconds, $name) {
  if ($Apply -and (Item $name)) { Keep $path 'its place is taken'; return }
  if (-not (Same $path $size $seconds)) { Keep $path 'it is gone or changed since'; return }
  Try-It $name $how {
    [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($name))
    if ($how -eq 'move') { [IO.File]::Move($path, $name) }
    elseif ($how -eq 'copy') { [IO.File]::Copy($path, $name) }
    elseif ($how -eq 'link') { [void](New-Item -ItemType HardLink -Path $name -Target $path) }
    else { [void](New-Item -ItemType SymbolicLink -Path $name -Target $path) }
  }
}
function Drop($path, $size, $seconds, $twin) {
  $item = Item $path
  if (-not $item) { Keep $path 'it is gone'; return }
  if (IsLink $item) { $fine = [string]$item.Target -eq $twin }
  else { $fine = (Same $path $size $seconds) -and (Equal $path $twin) }
  if (-not $fine) { Keep $path 'changed since, or its content is nowhere else'; return }
  Try-It $path 'remove' { [IO.File]::Delete($path) }
}
function Unmake($path, $size, $seconds) {
  if (-not (Same $path $size $seconds)) { Keep $path 'it is gone or changed since'; return }
  Try-It $path 'remove' { [IO.File]::Delete($path) }
}
function Fold($path) { Try-It $path 'remove the folder if it is empty' { [IO.Directory]::Delete($path) } }

"""


def shell_script(plan: RollbackPlan) -> bytes:
    """Return the rollback as a POSIX shell script."""
    lines = [b" ".join((name.encode(), *words)) for name, words in _calls(plan, _shell_word)]
    return SHELL + b"".join(line + b"\n" for line in lines) + b'\n[ "$kept" -eq 0 ]\n'


_ONE_LINE = bytes.maketrans(b"\xff\r\n", b"???")  # a comment ends with its line


def powershell_script(plan: RollbackPlan) -> bytes:
    """Return the rollback as a PowerShell script.

    A name that is no Unicode cannot be written there; its step stands as a comment.
    """
    lines = []
    for name, words in _calls(plan, _powershell_word):
        line = b" ".join((name.capitalize().encode(), *words))
        lines.append(line if b"\xff" not in line else b"# not Unicode: " + line.translate(_ONE_LINE))
    head = POWERSHELL.encode().split(b"\n")
    end = [b"", b"if ($script:kept) { exit 1 }", b""]
    return codecs.BOM_UTF8 + b"\r\n".join(head[:-1] + lines + end)  # a line's end in a name stays as it is


def write_script(plan: RollbackPlan, path: str) -> None:
    """Write the script, in the language that the file's ending names (`.ps1` or any other), to a new file.

    Raises OutputRefusedError for a name that is taken or cannot be written.
    """
    trust.require_outside(path)
    data = powershell_script(plan) if path.lower().endswith(".ps1") else shell_script(plan)
    try:
        if path.endswith((os.sep, os.altsep or os.sep)):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        fs.write_whole(path, data, mode=0o700)
    except OSError as error:
        raise OutputRefusedError(path, error.strerror or str(error)) from error


_HOW = {
    Do.LINK: "link",
    Do.SYMLINK: "symlink",
    Do.CLONE: "copy",
    Do.COPY: "copy",
    Do.RENAME: "move",
    Do.CARRY: "move",
}  # what `again` does


def _calls(plan: RollbackPlan, word: Callable[[str], bytes]) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield each step as the name of a function of the script, and its words."""
    for step in plan.steps:
        if step.mtime_ns == GONE or step.do is Do.NOTE:  # there is nothing to do
            continue
        facts = (b"%d" % step.size, b"%d" % (step.mtime_ns // 1_000_000_000))
        path, other = _whole(plan, step.root, step.rel), _whole(plan, step.to_root, step.to)
        if step.do is Do.RMDIR:
            yield "fold", (word(path),)
        elif step.to_root == 0 and step.root:  # a file that had made room for another
            yield "again", (_HOW[step.do].encode(), word(path), *facts, word(other))
        elif step.do in (Do.RENAME, Do.CARRY):
            yield "back", (word(path), *facts, word(other))
        elif not step.to:  # a file that a run wrote: its content is nowhere else
            yield "unmake", (word(path), *facts)
        else:
            yield "drop", (word(path), *facts, word(other))


def _whole(plan: RollbackPlan, root: int, rel: str) -> str:
    return os.path.join(plan.roots[root], rel)


def _shell_word(text: str) -> bytes:
    return b"'" + os.fsencode(text).replace(b"'", b"'\\''") + b"'"


def _powershell_word(text: str) -> bytes:
    """Quote for PowerShell, which takes all these for a single quote; 0xFF marks what is no Unicode."""
    for quote in "'\u2018\u2019\u201a\u201b":
        text = text.replace(quote, quote * 2)
    return b"'" + b"".join(c.encode() if not "\ud800" <= c <= "\udfff" else b"\xff" for c in text) + b"'"
