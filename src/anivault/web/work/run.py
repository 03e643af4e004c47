"""Do one piece of work: an order comes as JSON on standard input, what becomes of it goes out a line each.

The boundary of this process: every error becomes the last line, as `cli/main.py` makes it an event.
"""

from __future__ import annotations

import gc
import json
import signal
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

from anivault.shared.errors import AniVaultError, RunInterruptedError, RunStoppedError
from anivault.shared.exits import BUG, INTERRUPTED
from anivault.shared.work.cores import step_up
from anivault.web.work.telling import Order, Teller

WORK = {
    "plan": "planned:plan",
    "apply": "planned:apply",
    "library": "library:look",
    "rollback": "back:rollback",
    "recover": "back:recover",
    "pin": "pinned:look",
    "verify": "checked:verify",
    "explain": "small:explain",
    "search": "small:search",
    "settled": "small:settled",
    "posters": "posters:fetch",
}


# What the error itself says is for who types commands.
ONWARD = "Begin it again to go on. What was done is in the history, and can be taken back there."
MEND = "Mend the cause first. What was done is in the history, and can be taken back there."


def main() -> None:
    """Read the order, do it, and tell how it ended."""
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    step_up()  # the page waits for a free processor; its work does not
    gc.set_threshold(200_000, 20, 20)  # as cli/main.py: records are many and never garbage
    order = Order(json.load(sys.stdin))
    teller = Teller()
    teller.end(outcome(order, teller))


def work_of(job: str) -> Callable[[Order, Teller], dict[str, Any]]:
    """What does the work of an order; only its own module is loaded."""
    module, _, function = WORK[job].partition(":")
    work: Callable[[Order, Teller], dict[str, Any]] = getattr(
        import_module(f"anivault.web.work.{module}"), function
    )
    return work


def outcome(order: Order, teller: Teller) -> dict[str, Any]:
    """What becomes of an order: what its work gives, or the error that ended it."""
    try:
        return {"code": 0, **work_of(order["job"])(order, teller)}
    except (RunInterruptedError, RunStoppedError) as error:
        hint = ONWARD if isinstance(error, RunInterruptedError) else MEND
        return {"code": error.exit_code, "message": str(error), "hint": hint}
    except AniVaultError as error:
        return {"code": error.exit_code, "message": str(error), "hint": getattr(error, "hint", "")}
    except KeyboardInterrupt:
        return {"code": INTERRUPTED, "message": "Stopped before anything was changed."}
    except Exception as error:  # noqa: BLE001 - the one boundary
        traceback.print_exc()
        return {"code": BUG, "message": f"This is a bug in AniVault ({type(error).__name__}: {error})."}


if __name__ == "__main__":
    main()
