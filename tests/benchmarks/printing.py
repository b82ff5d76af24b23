"""The tables that benchmarks print. A benchmark reports; it never asserts a time."""

from collections.abc import Iterable, Sequence
from math import log

from rich.console import Console
from rich.table import Table

CONSOLE = Console(highlight=False, width=140)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One table, texts to the left and figures to the right."""
    table = Table(title=title, title_justify="left")
    kept = [[written(cell) for cell in row] for row in rows]
    for position, column in enumerate(columns):
        is_text = any(row[position][:1].isalpha() for row in kept)
        table.add_column(column, justify="left" if is_text else "right")
    for row in kept:
        table.add_row(*row)
    CONSOLE.print(table)


def written(cell: object) -> str:
    """A cell's text: figures in groups of three, what was not measured as a dash."""
    match cell:
        case None:
            return "–"
        case float():
            return f"{cell:,.2f}"
        case int():
            return f"{cell:,}"
        case _:
            return str(cell)


def figured(figure: float) -> str:
    """Three digits of a figure, or all before the point."""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def growth(sizes: Sequence[int], figures: Sequence[float]) -> float | None:
    """The exponent of growth: 1 for what doubles with its input; None for fewer than two sizes."""
    if len(sizes) < 2:
        return None
    across, up = [log(size) for size in sizes], [log(figure) for figure in figures]
    middle, height = sum(across) / len(across), sum(up) / len(up)
    steps = zip(across, up, strict=True)
    return sum((x - middle) * (y - height) for x, y in steps) / sum((x - middle) ** 2 for x in across)
