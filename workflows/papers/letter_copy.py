"""A paper as a Word file that the bureau may edit: what is printed, in the same order, after GB/T 9704."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.document import Document as Letter
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY, TITLE, HEADING = "仿宋_GB2312", "方正小标宋简体", "黑体"
SIZE, SMALL, PITCH = Pt(16), Pt(12), Pt(28.95)      # 三号, 小四, 22 lines to a page
RED: Final = RGBColor(0xD7, 0x00, 0x0F)
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
WIDE: Final = frozenset({"list", "register", "certificate"})


def letter_copy(said: Mapping[str, Any]) -> bytes:
    """The paper's text as .docx."""
    letter = Document()
    _page(letter, wide=said["template"] in WIDE)
    _head(letter, said)
    if said.get("to"):
        _par(letter, f"{said['to']}：", indent=False)
    for block in said["blocks"]:
        _block(letter, block)
    if said.get("remedies"):
        _par(letter, said["remedies"])
    _sign(letter, said)
    out = BytesIO()
    letter.core_properties.title = f"{said['title']} {said['data']['number']}"
    letter.core_properties.author = said["data"]["issuer"]
    letter.save(out)
    return out.getvalue()


def _page(letter: Letter, *, wide: bool) -> None:
    section = letter.sections[0]
    width, height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(30), Mm(28), Mm(28), Mm(26)
    footer = section.footer.paragraphs[0]
    footer.alignment = CENTRE
    _run(footer, "— ", Pt(14))
    _field(_run(footer, "", Pt(14)), "PAGE")
    _run(footer, " —", Pt(14))


def _head(letter: Letter, said: Mapping[str, Any]) -> None:
    red = said["red"] or said["template"] == "decision"
    _par(letter, said["data"]["issuer"], align=CENTRE, font=TITLE, size=Pt(40 if red else 22), colour=RED if red else None)
    if red:
        _line(_par(letter, said["data"]["number"], align=CENTRE))
    _par(letter, said["title"], align=CENTRE, font=TITLE, size=Pt(22))
    if not red:
        _par(letter, said["data"]["number"], align=RIGHT)


def _sign(letter: Letter, said: Mapping[str, Any]) -> None:
    _par(letter, "")
    office = (said["data"]["issuer"], said["data"]["issued_on"], *(["（印章）"] if said["seal"] else []))
    for text in [f"{signer}（签字）：＿＿＿＿＿＿　　　年　月　日" for signer in said.get("signers", ())] or office:
        paragraph = _par(letter, text, align=RIGHT)
        paragraph.paragraph_format.right_indent = SIZE * 4
        paragraph.paragraph_format.keep_with_next = True
    for remark in said["remarks"]:
        _par(letter, f"（{remark}）")


def _block(letter: Letter, block: Mapping[str, Any]) -> None:
    match block["kind"]:
        case "text":
            _par(letter, block["text"])
        case "note":
            for line in block["lines"]:
                _par(letter, line)
        case "steps" | "points":
            for place, line in enumerate(block["lines"], 1):
                _par(letter, f"{place}.{line}" if block["kind"] == "steps" else f"{chinese_number(place)}、{line}")
        case "rows":
            _rows(letter, block["lines"])
        case "table":
            _table(letter, block)


def chinese_number(number: int) -> str:
    """一 to 九十九, as paragraphs are numbered."""
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    return (("" if tens == 1 else digits[tens]) + "十" if tens else "") + (digits[ones] if ones or not tens else "")


def _rows(letter: Letter, lines: Sequence[Sequence[Sequence[str]]]) -> None:
    table = _grid(letter, len(lines), 4)
    for row, pairs in zip(table.rows, lines, strict=True):
        cells = row.cells
        if len(pairs) == 1:
            cells[1].merge(cells[3])
        for place, (label, value, *_) in enumerate(pairs):
            _cell(cells[2 * place], label, bold=True, align=CENTRE)
            _cell(cells[2 * place + 1], value)


def _table(letter: Letter, block: Mapping[str, Any]) -> None:
    rows = [*block["rows"], *([["", *block["total"]]] if block["total"] else [])]
    table = _grid(letter, len(rows) + 1, len(block["heads"]))
    _repeat(table)
    for cell, head in zip(table.rows[0].cells, block["heads"], strict=True):
        _cell(cell, head, bold=True, align=CENTRE)
    for row, said in zip(table.rows[1:], rows, strict=True):
        for place, (cell, text) in enumerate(zip(row.cells, said, strict=True)):
            _cell(cell, text, align=RIGHT if place and block["right"][place - 1] else CENTRE)


# ---- Word's own words --------------------------------------------------------------------------------------------

def _par(letter: Letter, text: str, *, align: WD_ALIGN_PARAGRAPH | None = None, font: str = BODY, size: Length = SIZE,
         colour: RGBColor | None = None, indent: bool = True) -> Paragraph:
    paragraph = letter.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = PITCH if size <= SIZE else None
    shape.alignment = align
    if align is None and indent:
        shape.first_line_indent = size * 2
    _run(paragraph, text, size, font, colour)
    return paragraph


def _run(paragraph: Paragraph, text: str, size: Length, font: str = BODY, colour: RGBColor | None = None, *, bold: bool = False) -> Run:
    run = paragraph.add_run(text)
    run.font.size, run.font.name, run.bold = size, font, bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001  the library knows no other way
    if colour is not None:
        run.font.color.rgb = colour
    return run


def _cell(cell: _Cell, text: str, *, bold: bool = False, align: WD_ALIGN_PARAGRAPH | None = None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    for place, line in enumerate(text.split("\n")):
        run = _run(paragraph, line, SMALL, HEADING if bold else BODY, bold=bold)
        if place:
            run._element.insert(1, OxmlElement("w:br"))  # noqa: SLF001


def _grid(letter: Letter, rows: int, columns: int) -> Table:
    table: Table = letter.add_table(rows, columns)
    table.style = "Table Grid"
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
    return table


def _repeat(table: Table) -> None:
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001


def _field(run: Run, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)  # noqa: SLF001


def _line(paragraph: Paragraph) -> None:
    """The red line under the number."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", "D7000F")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._element.get_or_add_pPr().append(borders)  # noqa: SLF001
