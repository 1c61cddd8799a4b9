"""Stitches: the motifs of a sampler, stitch by stitch.

A letter is a thread: d is dark, m the main one, s the second, l light, g for leaves; a dot is
linen. Motifs are symmetrical and given as their left halves, the middle included.
"""

from collections.abc import Sequence

Motif = tuple[str, ...]


def whole(half: Sequence[str]) -> Motif:
    return tuple(row + row[-2::-1] for row in half)


HOUSE = whole(
    (
        "..........m",
        ".....dd..mm",
        ".....dd.mmm",
        ".....ddmmmm",
        ".....dmmmmm",
        "....mmmmmmm",
        "...mmmmmmmm",
        "..mmmmmmmmm",
        ".mmmmmmmmmm",
        "..lllllllll",
        "..llsslllll",
        "..llsslllss",
        "..llssllsss",
        "..lllllldds",
        "..lllllldds",
        "..lllllldds",
        "..lllllldds",
    )
)

TOWNHOUSE = whole(
    (
        ".......m",
        "......mm",
        ".....mmm",
        ".m..mmmm",
        ".m.mmmmm",
        ".mmmmmmm",
        ".mmmmmmm",
        "..llllll",
        "..lsslls",
        "..lsslls",
        "..llllll",
        "..lsslls",
        "..lsslls",
        "..llllll",
        "..lllldd",
        "..lssldd",
        "..lssldd",
        "..lllldd",
    )
)

CASTLE = whole(
    (
        ".........ss",
        "..d......ss",
        "..m......d.",
        ".mmm.....m.",
        "mmmmm...mmm",
        "lllll..mmmm",
        "lldll.l.l.l",
        "lldll.lllll",
        "lllllllllll",
        "lllllllldll",
        "lllllllldll",
        "lldllllllll",
        "lldllsssssl",
        "llllllllldd",
        "lllllllldds",
        "lllllllldds",
        "lllllllldds",
    )
)

TREE = whole(
    (
        "....g",
        "...gg",
        "..ggg",
        "...gg",
        "..ggg",
        ".gggg",
        "..ggg",
        ".gggg",
        "ggggg",
        "....d",
        "....d",
    )
)
APPLE = whole(
    (
        "..ggg",
        ".ggmg",
        "ggggg",
        "gmggg",
        "ggggm",
        "gggmg",
        ".gggg",
        "..ggg",
        "....d",
        "....d",
        "...dd",
    )
)
ROSE = whole(("..mm", ".mmm", ".mss", ".mmm", "..mm", "g..g", "gg.g", ".ggg", "...g", "...g"))

HEART = whole((".mm.", "mmmm", "mmmm", ".mmm", "..mm", "...m"))
STAR = whole(("s..s", ".s.s", "..ss", "sssl", "..ss", ".s.s", "s..s"))
TULIP = whole(("m..m", "mm.m", "mmmm", ".mmm", "...g", "gg.g", ".ggg", "...g"))
CROWN = whole(("l..m", "ll.l", "llll", "lmll", "llll"))
FLOWER = whole(("..mm", "..mm", "mm.m", "mmsl", "mm.m", "..mm", "..mm"))
DIAMOND = whole(("...s", "..sl", ".slm", "slmm", ".slm", "..sl", "...s"))
BERRIES = whole((".m.g", "mmgg", ".mg.", "..gg", ".m.g", "mmgg", ".mg."))

ZIGZAG: Motif = ("m...", ".m.m", "..m.")
CHECKS: Motif = ("s.", ".s")
KNOTS: Motif = (".d..", "ddd.", ".d..")
WAVES: Motif = (".ss...", "s..s..", "....ss")
DASHES: Motif = ("lll.",)

SUN = whole(("...l", ".l.l", "..ll", "llll", "..ll", ".l.l", "...l"))
BUTTERFLY = whole(("mm.d", "mmmd", ".smd", "..md", ".mmd", ".m.d"))

HOUSES = (HOUSE, TOWNHOUSE, CASTLE)
SKY = (SUN, STAR, HEART, BUTTERFLY, DIAMOND)
GROWING = (TREE, APPLE, ROSE, TULIP)
BANDS = (HEART, STAR, TULIP, CROWN, FLOWER, DIAMOND, BERRIES)
LINES = (ZIGZAG, CHECKS, KNOTS, WAVES, DASHES)
