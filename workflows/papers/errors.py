"""What can be wrong with a paper before it is printed."""


class PaperError(Exception):
    """A paper could not be made; `says` is for the officer, the message for the log."""

    says = "文书未能生成。"


class PaperUnknown(PaperError):
    """No template bears this name."""

    says = "没有这一类文书。"


class PaperDataWrong(PaperError):
    """A key is missing, unknown or of the wrong shape."""

    says = "文书所需内容缺失或格式有误，未生成文书。"


class NoChineseFont(PaperError):
    """Without one the typesetter would make a page of blanks and only warn."""

    says = "服务器上没有可用的中文字体，未生成文书。"


class CharacterMissing(PaperError):
    """A rare character that no configured font can draw: never print a box in a person's name."""

    says = "文书中有现有字体不能显示的字（生僻字），请管理员补充字体。"
