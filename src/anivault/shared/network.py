"""Tell which paths are on network shares, where every look takes its time and locks cannot be trusted."""

from __future__ import annotations

import os
from collections.abc import Mapping

from anivault.shared import fs

KINDS = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "davfs", "fuse.rclone")


def share_of(path: str, mounts: Mapping[str, str] | None = None) -> str:
    """The kind of network share that a path is on, or will be; empty where it is on none, or nobody tells.

    `mounts` are those that `fs.mounts` found, for who asks about many paths.
    """
    mounts = fs.mounts() if mounts is None else mounts
    kind = mounts.get(fs.mount_point(os.path.realpath(fs.nearest(path)), mounts), "") if mounts else ""
    return kind if kind.startswith(KINDS) else ""
