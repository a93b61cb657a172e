"""The acceptance fixture of the domain files: county 990101, two townships, four villages, everybody needed."""

from datetime import date

from sqlmodel import Session

from workflows.office.tables import Division, Duty, LocalRate, Person, Role, Unit

COUNTY, EAST, WEST = "990101", "990101001", "990101002"
DIVISIONS = {COUNTY: "示例县", EAST: "城关镇", WEST: "河西镇", f"{EAST}001": "东街社区", f"{EAST}002": "北门村",
             f"{WEST}001": "河西村", f"{WEST}002": "柳林村"}
UNITS = (("示例县民政局", "COUNTY", COUNTY), ("示例县核对中心", "CHECK", COUNTY), ("示例县财政局", "FINANCE", COUNTY),
         ("示例县审计局", "AUDIT", COUNTY), ("示例县社工服务中心", "THIRD_PARTY", COUNTY),
         ("示例县教育局", "SUPERVISING", COUNTY), ("城关镇人民政府", "TOWNSHIP", EAST), ("河西镇人民政府", "TOWNSHIP", WEST),
         ("东街社区居民委员会", "VILLAGE", f"{EAST}001"), ("北门村村民委员会", "VILLAGE", f"{EAST}002"),
         ("河西村村民委员会", "VILLAGE", f"{WEST}001"), ("柳林村村民委员会", "VILLAGE", f"{WEST}002"))
# Logins are the role in lower case and a number; the list says in which units they sit, in order.
POSTS: dict[Role, tuple[str, ...]] = {
    Role.WINDOW_CLERK: ("城关镇人民政府", "河西镇人民政府"),
    Role.VILLAGE: ("东街社区居民委员会", "北门村村民委员会", "河西村村民委员会", "柳林村村民委员会"),
    Role.TOWN_CLERK: ("城关镇人民政府", "城关镇人民政府", "河西镇人民政府", "河西镇人民政府"),
    Role.TOWN_LEAD: ("城关镇人民政府", "河西镇人民政府"),
    Role.CHECK_ORG: ("示例县核对中心",) * 2,
    Role.COUNTY_CLERK: ("示例县民政局",) * 3,
    Role.COUNTY_LEAD: ("示例县民政局",) * 2,
    Role.COUNTY_FINANCE: ("示例县民政局",) * 2,
    Role.REG_AUTH: ("示例县民政局",) * 2,
    Role.THIRD_PARTY: ("示例县社工服务中心",) * 2,
    Role.SUPERVISING_UNIT: ("示例县教育局",),
    Role.FINANCE: ("示例县财政局",) * 2,
    Role.AUDITOR: ("示例县审计局",),
    Role.DESIGNER: ("示例县民政局",),
    Role.ADMIN: ("示例县民政局",),
}
STANDARDS = {"dibao.standard.urban": (70_000, "fen/MONTH"), "dibao.standard.rural": (540_000, "fen/YEAR")}
NUMERALS = "一二三四"
NAMES = {Role.WINDOW_CLERK: "窗口", Role.VILLAGE: "村居", Role.TOWN_CLERK: "镇经办", Role.TOWN_LEAD: "镇领导",
         Role.CHECK_ORG: "核对员", Role.COUNTY_CLERK: "县经办", Role.COUNTY_LEAD: "县领导", Role.COUNTY_FINANCE: "名册员",
         Role.REG_AUTH: "登记员", Role.THIRD_PARTY: "调查员", Role.SUPERVISING_UNIT: "主管员", Role.FINANCE: "财政员",
         Role.AUDITOR: "审计员", Role.DESIGNER: "设计员", Role.ADMIN: "管理员"}


def load(session: Session) -> None:
    """Write the fixture into an empty database; nobody has a password."""
    session.add_all(Division(code=code, name=name, parent_code=_parent(code)) for code, name in DIVISIONS.items())
    units = {name: Unit(name=name, kind=kind, division_code=code, phone=f"0990-00000{n:02d}")
             for n, (name, kind, code) in enumerate(UNITS, start=1)}
    people = {(role, n): Person(login=f"{role.lower()}{n}", name=f"{NAMES[role]}{NUMERALS[n - 1]}")
              for role, posts in POSTS.items() for n in range(1, len(posts) + 1)}
    session.add_all([*units.values(), *people.values()])
    session.add_all(LocalRate(code=code, scope=COUNTY, value=value, unit=unit, valid_from=date(2024, 1, 1),
                              source="示例县标准") for code, (value, unit) in STANDARDS.items())
    session.flush()
    session.add_all(Duty(person_id=people[role, n].id or 0, role=role, unit_id=units[post].id or 0, title=NAMES[role])
                    for role, posts in POSTS.items() for n, post in enumerate(posts, start=1))
    session.flush()


def _parent(code: str) -> str:
    return code[:{6: 4, 9: 6, 12: 9}[len(code)]]
