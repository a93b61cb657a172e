"""Two hundred invented households as a bureau would hand them in: the same each time, valid by every check digit."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from forms import checks
from workflows.payments.taking_over import sheet as household_sheet
from workflows.payments.taking_over.sheet import HOUSEHOLDS, MEMBERS
from workflows.sample.places import COUNTY, STAFFED, Place

SEED = 430621
COUNT, GRANTED = 200, 140
STANDARD = {"城市": 700, "农村": 450}  # yuan a person a month
SURNAMES = "李王张刘陈杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程魏苏吕丁任卢姚方姜易毛"
MALE = "建国 志强 伟 明 军 勇 国平 正华 新民 德福 光荣 海清 少华 立群 永生 春生 俊杰 子轩 浩然 宇航 文斌 茂林 长根 佑安"
FEMALE = "秀英 桂兰 玉珍 丽 敏 静 春梅 腊梅 满秀 小红 艳 雪梅 佳怡 雨欣 梓涵 思琪 冬香 金莲 凤娥 慧 菊香 爱莲 友珍 诗语"
BANKS = {"ABC": "622848", "PSBC": "621798", "RCB": "621539", "CCB": "621700", "ICBC": "621226", "BOC": "621785"}


@dataclass(frozen=True)
class _Member:
    name: str
    id_number: str
    relation: str


def workbook(villages: list[Place], paid_till: str) -> bytes:
    """The workbook; money until that month was paid before these books began."""
    rows: dict[str, list[list[str]]] = {HOUSEHOLDS: [], MEMBERS: []}
    for household, members in _families(villages, paid_till):
        rows[HOUSEHOLDS].append(household)
        rows[MEMBERS] += [[household[0], member.name, member.id_number, member.relation] for member in members]
    return household_sheet.workbook(dict(rows))


def _families(villages: list[Place], paid_till: str) -> Iterator[tuple[list[str], list[_Member]]]:
    dice = random.Random(SEED)  # noqa: S311  (invented people, no secrets)
    homes = {code: [place for place in villages if place.code.startswith(code) and place.name[-1] in "村区"]
             for code in STAFFED.values()}
    granted = set(dice.sample(range(COUNT), GRANTED))
    used: set[str] = set()
    for n in range(COUNT):
        home = dice.choice(homes[dice.choices(list(homes), (5, 2, 3))[0]])
        category = "城市" if home.urban else "农村"
        members = _members(dice, used)
        yield [f"{COUNTY}-{n + 1:05}", home.code, category, f"{home.name}{dice.randint(1, 18)}组{dice.randint(1, 60)}号",
               f"149{dice.randrange(10**8):08}",
               *(_grant(dice, n, category, members, paid_till) if n in granted else [""] * 12)], members


def _members(dice: random.Random, used: set[str]) -> list[_Member]:
    """One to six people: an adult head, perhaps a spouse, parents and children of fitting ages."""
    size = dice.choices(range(1, 7), (26, 24, 20, 16, 9, 5))[0]
    head = dice.randint(28, 72) if size > 1 else dice.randint(45, 80)
    male, family = dice.random() < 0.6, dice.choice(SURNAMES)
    found = [_member(dice, used, family, head, male=male, relation="户主")]
    if size > 1 and dice.random() < 0.7:
        found.append(_member(dice, used, dice.choice(SURNAMES), head + dice.randint(-5, 3), male=not male,
                             relation="配偶"))
    while len(found) < size:
        old = head + dice.randint(22, 30)
        if old < 92 and dice.random() < 0.3:
            found.append(_member(dice, used, family, old, male=dice.random() < 0.5, relation="父母"))
        else:
            young = max(1, head - dice.randint(21, 33))
            found.append(_member(dice, used, family, young, male=dice.random() < 0.5, relation="子女"))
    return found


def _member(dice: random.Random, used: set[str], family: str, age: int, *, male: bool, relation: str) -> _Member:
    name = family + dice.choice((MALE if male else FEMALE).split())
    while True:
        born = date(2024 - age, 1, 1) + timedelta(days=dice.randrange(365))
        first = f"{COUNTY}{born:%Y%m%d}{dice.randrange(1, 500) * 2 - (1 if male else 2):03}"
        number = first + checks.id_check_digit(first)
        if number not in used:
            used.add(number)
            return _Member(name, number, relation)


def _grant(dice: random.Random, n: int, category: str, members: list[_Member], paid_till: str) -> list[str]:
    """An earlier decision in gap mode: standard less income, times members, in whole yuan."""
    decided = date(2024, 1, 8) + timedelta(days=dice.randrange(340))
    decided -= timedelta(days=max(0, decided.weekday() - 4))
    start = (decided.replace(day=1) + timedelta(days=32)).strftime("%Y-%m")
    income = dice.randrange(60, STANDARD[category] - 80, 10)
    amount = (STANDARD[category] - income) * len(members)
    head, bank = members[0], dice.choices(list(BANKS), (40, 25, 20, 6, 5, 4))[0]
    return [f"岳县民保字〔2024〕{n + 1:04}号", decided.isoformat(), start, paid_till, f"{amount}.00", str(len(members)),
            dice.choices(("01", "03", "05"), (7, 2, 1))[0], head.name, head.id_number, bank, _account(dice, bank),
            f"{income * len(members)}.00"]


def _account(dice: random.Random, bank: str) -> str:
    first = BANKS[bank] + f"{dice.randrange(10**12):012}"
    return next(first + str(digit) for digit in range(10) if checks.luhn(first + str(digit)))
