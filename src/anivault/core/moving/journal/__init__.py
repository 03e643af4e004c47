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
