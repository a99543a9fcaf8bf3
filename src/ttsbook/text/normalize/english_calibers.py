"""Rules for the calibers of guns, which are named rather than counted: his .45, a 9mm pistol, a .30-06."""

from __future__ import annotations

import re

from ttsbook.text.normalize.english_numbers import BEFORE, decimal, house_number
from ttsbook.text.normalize.rewrite import english_rule

_GUNS = ("22", "25", "32", "38", "40", "44", "45", "357", "380")
_GUN_AFTER = re.compile(
    r"[- ](?:caliber|calibre|cal\b|Special|[Mm]agnum|ACP|rifle|pistol|revolver|handgun|automatic|auto\b|snub"
    r"|carbine|(?:round|bullet|slug|shell|cartridge)s?\b|Colt|Winchester|Ruger|derringer|Smith|Browning|Win\b|Rem\b|NATO)|\s?LR\b"
)
_OWNER_BEFORE = re.compile(r"\b(?:an?|his|her|my|your|their|the|own|another|[’']s) $", re.IGNORECASE)
_MAKER_BEFORE = re.compile(
    r"\b(?:Beretta|Browning|Colt|Glock|Luger|Mauser|Remington|Ruger|Walther|Webley|Wesson|Winchester) $"
)
_LOOK_BACK = 12  # characters


def _caliber(match: re.Match[str]) -> str | None:
    """Read ".38 Special", "his .45" and "a Colt .45"."""
    is_named = match["n"] in _GUNS and _is_gun(match)
    return house_number(match["n"]) if is_named or _has_gun_after(match) else None


def _metric(match: re.Match[str]) -> str | None:
    return f"{decimal(match['n'])} millimeter" if _is_gun(match) or _has_gun_after(match) else None


def _cartridge(match: re.Match[str]) -> str | None:
    """Read .30-06 and "a 30-30 rifle"."""
    if match["n"] != "30-06" and not (match["dot"] or _has_gun_after(match)):
        return None
    first, last = match["n"].split("-")
    return f"{house_number(first)} {'aught six' if last == '06' else house_number(last)}"


def _is_gun(match: re.Match[str]) -> bool:
    """Return whether somebody's gun, or one of a maker, is named."""
    place = max(0, match.start() - _LOOK_BACK), match.start()
    return bool(_OWNER_BEFORE.search(match.string, *place) or _MAKER_BEFORE.search(match.string, *place))


def _has_gun_after(match: re.Match[str]) -> bool:
    return _GUN_AFTER.match(match.string, match.end()) is not None


CALIBERS = (
    english_rule(
        "caliber",
        rf"{BEFORE}(?P<dot>\.)?(?P<n>25-20|30-06|30-30|38-40|44-40|45-70)(?![\w-])",
        _cartridge,
        needs="-",
    ),
    english_rule("caliber", r"(?<![\w.])\.(?P<n>[2-57]\d\d?)(?![\d%A-KM-Za-z])", _caliber, needs="."),
    english_rule("caliber", rf"{BEFORE}(?P<n>9|5\.56|6\.35|7\.62|7\.65)mm(?!\w)", _metric, needs="m"),
)
