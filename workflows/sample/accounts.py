"""The sample county's units and accounts; the people are invented, and one password opens all of them."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from workflows.office import sign_in
from workflows.office.tables import Duty, Person, Role, Unit
from workflows.sample import places
from workflows.sample.places import COUNTY, STAFFED

PASSWORD = "yimen-2024"  # noqa: S105  (shown on the sample county's sign-in page)


@dataclass(frozen=True)
class Account:
    """One row of the sign-in page's list."""

    login: str
    name: str
    role: Role
    organisation: str
    title: str
    more: tuple[Role, ...] = ()

    @property
    def password(self) -> str:
        """The same for all."""
        return PASSWORD


BUREAU, CHECK = "岳阳县民政局", "岳阳县居民家庭经济状况核对中心"
FINANCE, AUDIT = "岳阳县财政局", "岳阳县审计局"
THIRD_PARTY, SUPERVISING = "岳阳县社会工作服务中心", "岳阳县教育局"
COUNTY_UNITS = ((BUREAU, "COUNTY"), (CHECK, "CHECK"), (FINANCE, "FINANCE"), (AUDIT, "AUDIT"),
                (THIRD_PARTY, "THIRD_PARTY"), (SUPERVISING, "SUPERVISING"))
RONG, XIN, GONG = (f"{name}人民政府" for name in STAFFED)
VILLAGES = "各村（社区）"

ACCOUNTS = (
    Account("window", "周晓岚", Role.WINDOW_CLERK, RONG, "便民服务中心 · 社会救助窗口"),
    Account("village", "李满秀", Role.VILLAGE, "荣家湾镇" + VILLAGES, "社会救助协理员"),
    Account("town.clerk", "陈立新", Role.TOWN_CLERK, RONG, "社会事务办 · 经办岗"),
    Account("town.clerk2", "彭佳慧", Role.TOWN_CLERK, RONG, "社会事务办 · 调查岗"),
    Account("town.lead", "刘国安", Role.TOWN_LEAD, RONG, "分管副镇长"),
    Account("checker", "许静", Role.CHECK_ORG, CHECK, "核对岗"),
    Account("county.clerk", "黄文斌", Role.COUNTY_CLERK, BUREAU, "社会救助股 · 审核岗"),
    Account("county.clerk2", "易思远", Role.COUNTY_CLERK, BUREAU, "社会救助股 · 复核岗"),
    Account("county.lead", "方建平", Role.COUNTY_LEAD, BUREAU, "分管副局长"),
    Account("county.finance", "谭丽华", Role.COUNTY_FINANCE, BUREAU, "财务股 · 名册岗"),
    Account("finance", "熊志刚", Role.FINANCE, FINANCE, "社会保障股 · 拨付岗"),
    Account("auditor", "邓明", Role.AUDITOR, AUDIT, "社会保障审计股"),
    Account("reg.auth", "毛雪梅", Role.REG_AUTH, BUREAU, "社会组织管理股"),
    Account("third_party", "龚倩", Role.THIRD_PARTY, THIRD_PARTY, "受委托调查员"),
    Account("supervising_unit", "任卫东", Role.SUPERVISING_UNIT, SUPERVISING, "民办教育股"),
    Account("designer", "何苗", Role.DESIGNER, BUREAU, "办公室 · 流程设计"),
    Account("admin", "杨帆", Role.ADMIN, BUREAU, "办公室 · 系统管理"),
    Account("town.clerk.xinqiang", "罗小芬", Role.TOWN_CLERK, XIN, "社会事务办 · 经办岗", (Role.WINDOW_CLERK,)),
    Account("town.clerk2.xinqiang", "汤志远", Role.TOWN_CLERK, XIN, "社会事务办 · 调查岗"),
    Account("town.lead.xinqiang", "曾宪明", Role.TOWN_LEAD, XIN, "分管副镇长"),
    Account("village.xinqiang", "胡桂英", Role.VILLAGE, "新墙镇" + VILLAGES, "社会救助协理员"),
    Account("town.clerk.gongtian", "万书琴", Role.TOWN_CLERK, GONG, "社会事务办 · 经办岗", (Role.WINDOW_CLERK,)),
    Account("town.clerk2.gongtian", "柳德胜", Role.TOWN_CLERK, GONG, "社会事务办 · 调查岗"),
    Account("town.lead.gongtian", "童海波", Role.TOWN_LEAD, GONG, "分管副镇长"),
    Account("village.gongtian", "徐腊梅", Role.VILLAGE, "公田镇" + VILLAGES, "社会救助协理员"),
)


def load(session: Session) -> None:
    """Write units, persons and duties; what is there already stays as it is."""
    _units(session)
    units = list(session.exec(select(Unit).order_by(col(Unit.id))))
    known = set(session.exec(select(Person.login)))
    password_hash = sign_in.hashed(PASSWORD) if any(a.login not in known for a in ACCOUNTS) else ""
    for account in ACCOUNTS:
        if account.login not in known:
            _appoint(session, account, password_hash, _desks(account, units))
    session.flush()


def _appoint(session: Session, account: Account, password_hash: str, desks: list[Unit]) -> None:
    person = Person(login=account.login, name=account.name, password_hash=password_hash)
    session.add(person)
    session.flush()
    session.add_all(Duty(person_id=person.id or 0, role=role, unit_id=unit.id or 0, title=account.title)
                    for role in (account.role, *account.more) for unit in desks)


def _desks(account: Account, units: list[Unit]) -> list[Unit]:
    """The units an account works in: one, or every village of a township."""
    if account.role is Role.VILLAGE:
        ground = STAFFED[account.organisation.removesuffix(VILLAGES)]
        return [unit for unit in units if unit.kind == "VILLAGE" and unit.division_code.startswith(ground)]
    return [unit for unit in units if unit.name == account.organisation]


def _units(session: Session) -> None:
    there = {unit.name: unit for unit in session.exec(select(Unit))}
    for name, kind in COUNTY_UNITS:
        _unit(session, there, Unit(name=name, kind=kind, division_code=COUNTY))
    session.flush()
    bureau = there[BUREAU].id
    for place in places.townships():
        name = f"{place.name}人民政府" if place.name[-1] in "镇乡" else place.name
        _unit(session, there, Unit(name=name, kind="TOWNSHIP", division_code=place.code, parent_id=bureau))
    session.flush()
    names = {code: name for name, code in STAFFED.items()}
    for place in places.villages():
        if place.code[:9] in names:
            town = names[place.code[:9]]
            _unit(session, there, Unit(name=f"{town}{place.committee}", kind="VILLAGE", division_code=place.code,
                                       parent_id=there[f"{town}人民政府"].id))
    session.flush()


def _unit(session: Session, there: dict[str, Unit], unit: Unit) -> None:
    if unit.name not in there:
        unit.phone = f"0730-0000{len(there) + 1:03d}"   # nobody's: no exchange begins with 0
        session.add(unit)
        there[unit.name] = unit
