"""Money as people read it."""


def yuan(fen: int) -> str:
    """`60350.00`, for messages and summaries."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"
