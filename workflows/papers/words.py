"""Amounts, days and months as Chinese documents write them."""

import re
from datetime import date

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
GROUPS = ((10**8, "亿"), (10**4, "万"))
FEN_MAX = 10**18
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def money_words(fen: int) -> str:
    """Write an amount in capital characters: 60000 is 人民币陆佰元整."""
    if isinstance(fen, bool) or not isinstance(fen, int) or not 0 <= fen < FEN_MAX:
        raise ValueError(f"not an amount in fen: {fen!r}")
    yuan, rest = divmod(fen, 100)
    if fen == 0:
        return "人民币零元整"
    return "人民币" + (f"{_whole(yuan)}元" if yuan else "") + _small(*divmod(rest, 10), after_yuan=yuan > 0)


def money_digits(fen: int) -> str:
    """Write an amount with two decimals and thousands marks: 6035000 is 60,350.00."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def chinese_date(day: date) -> str:
    """Write 2024年3月4日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_month(month: str) -> str:
    """Write `2024-05` as 2024年5月."""
    found = MONTH.fullmatch(month)
    if found is None:
        raise ValueError(f"not a month like 2024-05: {month!r}")
    return f"{found[1]}年{int(found[2])}月"


def _small(jiao: int, fen: int, *, after_yuan: bool) -> str:
    """Jiao and fen, with 零 between yuan and fen, and 整 where nothing follows."""
    if not jiao and not fen:
        return "整"
    gap = "零" if after_yuan and not jiao else ""
    return gap + (f"{DIGITS[jiao]}角" if jiao else "") + (f"{DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    for size, name in GROUPS:
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return _whole(high) + name + gap + (_whole(low) if low else "")
    return _four(number)


def _four(number: int) -> str:
    """One group of up to four digits; zeros inside become one 零, zeros at the end none."""
    said = "".join(
        DIGITS[int(digit)] + place if digit != "0" else "零"
        for digit, place in zip(f"{number:04d}", PLACES, strict=True)
    )
    return re.sub(r"零+", "零", said).strip("零")
