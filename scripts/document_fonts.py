"""Makes the two fonts of the PDF documents from a folder of DejaVu 2.37: `python scripts/document_fonts.py FOLDER`.

Kept are the alphabets of Europe, Hebrew and Arabic with its joined forms, punctuation and currencies; left out are
other scripts, symbols and hints for low resolutions. The marks that isolate a text of the other direction, which DejaVu
lacks, get the glyph of a mark that it has: nothing, of no width.
"""

import sys
from itertools import chain
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent.parent / "api" / "documents" / "fonts"
FACES = ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf")
RIGHT_TO_LEFT_MARK = 0x200F
COPYRIGHT, LICENSE = 0, 13
"""Names that a font holds, by OpenType's numbers."""
ISOLATES = range(0x2066, 0x206A)
BLOCKS = (
    *(range(0x20, 0x7F), range(0xA0, 0x250), range(0x300, 0x530), range(0x590, 0x700), range(0x1E00, 0x1F00)),
    *(range(0x2000, 0x2070), range(0x20A0, 0x2150), range(0x2190, 0x2194), range(0x2212, 0x2213)),
    *(range(0x25A1, 0x25A2), range(0xFB50, 0xFE00), range(0xFE70, 0xFF00), range(0xFFFD, 0xFFFE)),
)


def subset(source: Path, target: Path) -> str:
    """Write the part of a font that documents are set in; gives the licence that stands in it."""
    options = Options(hinting=False, layout_features=["*"], notdef_outline=True, name_IDs=["*"])
    options.drop_tables.append("FFTM")
    font = TTFont(source, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=chain(*BLOCKS))
    subsetter.subset(font)
    for table in font["cmap"].tables:
        table.cmap |= dict.fromkeys(ISOLATES, table.cmap[RIGHT_TO_LEFT_MARK])
    font.save(target)
    print(f"{target.name}: {target.stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")
    lines = (font["name"].getDebugName(COPYRIGHT) + "\n\n" + font["name"].getDebugName(LICENSE)).splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


if __name__ == "__main__":
    for face in FACES:
        text = subset(Path(sys.argv[1]) / face, FONTS / face)
        (FONTS / "LICENSE").write_text(text, encoding="utf-8")
