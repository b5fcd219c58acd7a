#!/usr/bin/env python3
"""Writes src/base/caseless_table.h: small letters and decompositions of the basic plane, from Unicode."""
import textwrap
import unicodedata

LEFT_OUT = (range(0xAC00, 0xD7A4),  # Hangul, decomposed by rule
            range(0xD800, 0xE000),  # no characters
            range(0xF900, 0xFB00))  # ideographs that stand for others


def small(c):
    """The simple small letter; of the one with a longer one (U+0130), that of its base."""
    s = c.lower()
    return ord(s[0])


pairs = []
for cp in range(0x80, 0x10000):
    if any(cp in r for r in LEFT_OUT):
        continue
    d = unicodedata.decomposition(chr(cp))
    if d and not d.startswith("<"):
        parts = [int(x, 16) for x in d.split()] + [0]
        if max(parts) < 0x10000:
            pairs.append((cp, parts[0], parts[1]))

decomposed = {cp for cp, _, _ in pairs}
runs = []  # first, last, step, plus
for cp in range(0x80, 0x10000):
    if cp in decomposed or any(cp in r for r in LEFT_OUT) or small(chr(cp)) == cp:
        continue
    plus = small(chr(cp)) - cp
    if runs:
        first, last, step, p = runs[-1]
        if p == plus and (first == last and cp - last <= 2 or cp - last == step):
            runs[-1] = (first, cp, cp - last, p)
            continue
    runs.append((cp, cp, 1, plus))


def rows(cells):
    return textwrap.fill(", ".join(cells) + ",", 100, initial_indent="    ",
                         subsequent_indent="    ").split("\n")


out = [f"/* Written by tools/caseless_table.py from Unicode {unicodedata.unidata_version}. */",
       "/* clang-format off */",
       "static const struct run small[] = {"]
out += rows([f"{{{f},{l},{s},{p}}}" for f, l, s, p in runs])
out += ["};", "", "static const struct pair apart[] = {"]
out += rows(["{%d,%d,%d}" % p for p in pairs])
out += ["};", "/* clang-format on */", ""]
open("src/base/caseless_table.h", "w").write("\n".join(out))
