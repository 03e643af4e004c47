"""Say what is about to happen, before it happens, so that it can be finished, undone and checked.

`LIB/.anivault/journal.jsonl` is append-only. A line is one JSON object; its last two fields are its
number in the file and the CRC32 of all before: a line that is lost, doubled, swapped or altered is
found. One incomplete last line is the torn end of a write whose effects had not begun; `recover` takes it
out, into a file of its own. Anything else that is wrong stops the tool, and so does a sound line that
cannot be true. Schema: schemas/journal.schema.json.

A run is a `run` line, then by batch its `step` lines (intents; durable before the first effect), for
copies that replace their source a `placed` line (durable before a source goes), and a `done` line;
and one `end` line. Touches only `.anivault/`.
"""

from anivault.core.moving.journal.lines import encode
from anivault.core.moving.journal.log import NAME, History, RunLog, parse, path_of, read
from anivault.core.moving.journal.records import (
    ADOPT,
    VERSION,
    Do,
    Done,
    End,
    Made,
    Placed,
    Record,
    Root,
    Run,
    Step,
    schema,
)
from anivault.core.moving.journal.roots import require_disks, roots_now
from anivault.core.moving.journal.turns import LOCK, clear_unused, in_the_middle, is_busy, turn
from anivault.core.moving.journal.writer import Journal, writing
from anivault.shared.trust import FOLDER

__all__ = [
    "ADOPT", "FOLDER", "LOCK", "NAME", "VERSION", "Do", "Done", "End", "History", "Journal", "Made", "Placed",
    "Record", "Root", "Run", "RunLog", "Step", "clear_unused", "encode", "in_the_middle", "is_busy", "parse",
    "path_of", "read", "require_disks", "roots_now", "schema", "turn", "writing",
]  # fmt: skip
