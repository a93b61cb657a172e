"""Numbers and names that can be proved wrong by themselves."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from bpmn.message import Message

Problem = Message | None

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_DIGITS = "10X98765432"
_OLDEST = 130
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_LONGEST_NAME = 50
_LARGEST_FEN = 10**15
_MIDDLE_DOTS = str.maketrans(dict.fromkeys("・•‧∙⋅･.．", "·"))


def compact(text: str) -> str:
    """A number as it is stored: half-width, no spaces or hyphens, letters upper case."""
    narrow = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\-‐-―−\u200b-\u200f\ufeff]", "", narrow).upper()


def id_check_digit(first17: str) -> str:
    """The 18th character that GB 11643 demands."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True))
    return _ID_DIGITS[total % 11]


def gb11643(text: str, today: date) -> Problem:  # noqa: PLR0911  # one return a rule
    """A resident identity number: form, region, birth date, check digit."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return Message("“{label}” must be 18 characters: 17 digits, then a digit or X.")
    if text[0] == "0":
        return Message("“{label}” must begin with a 6-digit region code.")
    born = birth_date(text)
    if born is None:
        return Message("“{label}” has no valid birth date: {digits}.", {"digits": text[6:14]})
    if born > today:
        return Message("“{label}” has a birth date in the future: {day}.", {"day": born.isoformat()})
    if age(text, today) > _OLDEST:
        return Message("“{label}” has a birth date more than 130 years ago: {day}.", {"day": born.isoformat()})
    digit = id_check_digit(text[:17])
    if digit != text[17]:
        return Message("“{label}” is not valid: the check digit should be {digit}.", {"digit": digit})
    return None


def birth_date(id_number: str) -> date | None:
    """The day of birth that an identity number carries, if it is a day."""
    digits = id_number[6:14]
    if not re.fullmatch(r"[0-9]{8}", digits):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def age(id_number: str, day: date) -> int:
    """Full years on `day`; one is a year older on one's birthday."""
    born = birth_date(id_number)
    if born is None:
        message = "no birth date in this number"
        raise ValueError(message)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def luhn(digits: str) -> bool:
    """Whether a card number's check digit fits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def bank_card(text: str, today: date) -> Problem:
    """An account number: 12 to 19 digits."""
    del today
    return None if re.fullmatch(r"[0-9]{12,19}", text) else Message("“{label}” must be 12 to 19 digits.")


def bank_card_doubt(text: str) -> Problem:
    """A warning only: some passbooks have no Luhn digit."""
    if luhn(text):
        return None
    return Message("“{label}” does not pass the card check digit. Compare it with the card or passbook.")


def phone(text: str, today: date) -> Problem:
    """A mobile number, or a landline with its area code."""
    del today
    if re.fullmatch(r"1[3-9][0-9]{9}|0[1-9][0-9]{1,2}[2-9][0-9]{6,7}", text):
        return None
    return Message("“{label}” must be an 11-digit mobile number, or a landline with its area code.")


def name_text(text: str) -> str:
    """A name as it is stored: half-width letters, one kind of middle dot, no spaces around Han."""
    narrow = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().translate(_MIDDLE_DOTS)
    return narrow if re.search(r"[A-Za-z]", narrow) else narrow.replace(" ", "")


def person_name(text: str, today: date) -> Problem:
    """Han characters or letters, parts joined by `·` or a space."""
    del today
    if len(text) > _LONGEST_NAME:
        return Message("“{label}” must be {most} characters or fewer.", {"most": _LONGEST_NAME})
    if all(_is_name_character(c) for c in text) and unicodedata.category(text[0]).startswith("L"):
        return None
    return Message("“{label}” may only have Chinese characters, letters and ·.")


def _is_name_character(character: str) -> bool:
    return character in "· '" or unicodedata.category(character) in {"Lo", "Lu", "Ll", "Lm", "Mn"}


def fen(text: str, *, below_zero: bool = False) -> int | Message:
    """Yuan as typed (`1,200.5`, `￥１２００`; a loss `-300`, where there can be one) in fen."""
    narrow = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("−", "-")
    if narrow.startswith("-"):
        loss = fen(narrow[1:]) if below_zero and not narrow.startswith("--") else Message("“{label}” can't be less than 0.")
        return loss if isinstance(loss, Message) else -loss
    plain = narrow.removeprefix("¥").removesuffix("元").replace(",", "")
    if not re.fullmatch(r"[0-9]{1,16}(\.[0-9]*)?", plain):
        return Message("“{label}” must be an amount in yuan, such as 1200.50.")
    yuan, _, rest = plain.partition(".")
    if len(rest) > 2:
        return Message("“{label}” can't have more than 2 decimal places.")
    return fen_within(int(yuan) * 100 + int(rest.ljust(2, "0")))


def fen_within(amount: int) -> int | Message:
    """An amount in fen that is not absurd."""
    if amount < 0:
        return Message("“{label}” can't be less than 0.")
    return amount if amount <= _LARGEST_FEN else Message("“{label}” is too large.")


def yuan(amount_fen: int) -> str:
    """Fen as people read them: 1,200.50."""
    sign, rest = ("-" if amount_fen < 0 else ""), abs(amount_fen)
    return f"{sign}{rest // 100:,}.{rest % 100:02}"


def credit_code(text: str, today: date) -> Problem:
    """A unified social credit code (GB 32100)."""
    del today
    if not re.fullmatch(rf"[{_CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{_CREDIT_ALPHABET}]{{10}}", text):
        return Message("“{label}” must be 18 digits and capital letters without I, O, S, V and Z.")
    total = sum(_CREDIT_ALPHABET.index(c) * w for c, w in zip(text[:17], _CREDIT_WEIGHTS, strict=True))
    digit = _CREDIT_ALPHABET[(31 - total % 31) % 31]
    if digit != text[17]:
        return Message("“{label}” is not valid: the check digit should be {digit}.", {"digit": digit})
    return None


def disability_card(text: str, today: date) -> Problem:
    """Identity number, category 1-7, grade 1-4, and two more after a re-issue."""
    if not re.fullmatch(r"[0-9]{17}[0-9X][1-7][1-4]([0-9B][0-9])?", text):
        return Message("“{label}” must be the identity number followed by category and grade.")
    return gb11643(text[:18], today)


NAMED: dict[str, Callable[[str, date], Problem]] = {
    "gb11643": gb11643, "bank_card": bank_card, "phone": phone, "person_name": person_name,
    "credit_code": credit_code, "disability_card": disability_card,
}
