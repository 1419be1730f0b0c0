"""Charts as SVG text; colours and type come from page.css by class, so that they follow light and dark."""

from collections.abc import Mapping, Sequence
from html import escape

_WIDE, _HIGH, _LEFT, _LOW = 360, 220, 44, 36  # of the drawing, and its margins on the left and below
_TOP, _RIGHT = 12, 12


def curve(points: Sequence[Sequence[float]]) -> str:
    """Risk over coverage, both 0 to 1."""
    if not points:
        return ""
    line = " ".join(f"{_x(coverage):.1f},{_y(risk):.1f}" for coverage, risk in points)
    last = points[-1]
    dot = f'<circle class="dot" cx="{_x(last[0]):.1f}" cy="{_y(last[1]):.1f}" r="4"/>'
    note = f"{last[1]:.2f} of the answers given are wrong, at a coverage of {last[0]:.2f}"
    return _frame(f'<polyline class="line" points="{line}"/>{dot}', note, "coverage", "risk")


def reliability(bins: Sequence[Sequence[float]]) -> str:
    """Share right over confidence, one bar a bin of (confidence, right, count); the diagonal is perfect."""
    if not bins:
        return ""
    width = (_x(1) - _x(0)) / 10 - 6
    bars = "".join(
        f'<rect class="bar" x="{_x(min(int(said * 10), 9) / 10) + 3:.1f}" y="{_y(right):.1f}" width="{width:.1f}" '
        f'height="{_y(0) - _y(right):.1f}"><title>said {said:.2f}, right {right:.2f}, {count} cases</title></rect>'
        for said, right, count in bins
    )
    diagonal = f'<line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    return _frame(bars + diagonal, "share right by confidence", "confidence", "right")


def histogram(seconds: Sequence[float]) -> str:
    """How many answers took how long, in 20 equal steps up to the slowest."""
    if not seconds:
        return ""
    top = max(max(seconds), 1e-9)
    counts = [0] * 20
    for one in seconds:
        counts[min(int(one / top * 20), 19)] += 1
    most, width = max(counts), (_x(1) - _x(0)) / 20 - 2
    bars = "".join(
        f'<rect class="bar" x="{_x(at / 20) + 1:.1f}" y="{_y(count / most):.1f}" width="{width:.1f}" '
        f'height="{_y(0) - _y(count / most):.1f}"><title>{count} within {(at + 1) * top / 20:.2f} s</title></rect>'
        for at, count in enumerate(counts)
    )
    return _frame(bars, f"times of {len(seconds)} answers", f"seconds, 0 to {top:.2f}", f"answers, 0 to {most}", "")


def grid(cells: Mapping[tuple[str, str], tuple[float, str]], rows: str, columns: str) -> str:
    """A grid of (row, column) to (depth of colour from 0 to 1, text), with what the rows and the columns are."""
    if not cells:
        return ""
    down, along = (sorted({key[at] for key in cells}) for at in (0, 1))
    wide, high, left, top = 46, 30, 78, 44
    parts = [f'<text x="4" y="{top - 8}" class="axis">{escape(rows)}</text>']
    parts.append(f'<text x="{left}" y="14" class="axis">{escape(columns)}</text>')
    for at, name in enumerate(along):
        x = left + (at + 0.5) * wide
        parts.append(f'<text class="tick" text-anchor="middle" x="{x}" y="{top - 8}">{escape(name)}</text>')
    for line, name in enumerate(down):
        y = top + line * high
        parts.append(f'<text class="tick" text-anchor="end" x="{left - 8}" y="{y + 20}">{escape(name)}</text>')
        parts += [_cell(left + at * wide, y, wide, high, *cells[name, column])
                  for at, column in enumerate(along) if (name, column) in cells]  # fmt: skip
    size = left + len(along) * wide + 8, top + len(down) * high + 8
    return (
        f'<svg viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" height="{size[1]}" role="img" '
        f'aria-label="{escape(rows)} by {escape(columns)}">{"".join(parts)}</svg>'
    )


def _cell(x: float, y: float, wide: int, high: int, depth: float, text: str) -> str:
    box = f'x="{x + 1}" y="{y + 1}" width="{wide - 2}" height="{high - 2}" rx="3"'
    kind = "deep" if depth > 0.55 else "pale"
    return (
        f'<rect class="well" {box}/><rect class="heat" {box} fill-opacity="{0.08 + 0.92 * depth:.2f}"/>'
        f'<text class="{kind}" text-anchor="middle" x="{x + wide / 2}" y="{y + 20}">{escape(text)}</text>'
    )


def _frame(inside: str, label: str, below: str, beside: str, ends: str = "01") -> str:
    ticks = [f'<text class="tick" x="{_x(float(end))}" y="{_HIGH - 20}" text-anchor="middle">{end}</text>'
             f'<text class="tick" x="{_LEFT - 8}" y="{_y(float(end)) + 4}" text-anchor="end">{end}</text>'
             for end in ends]  # fmt: skip
    axes = f'<path class="frame" d="M{_LEFT} {_TOP}V{_HIGH - _LOW}H{_WIDE - _RIGHT}"/>'
    names = f'<text class="axis" x="{(_LEFT + _WIDE) // 2}" y="{_HIGH - 4}" text-anchor="middle">{escape(below)}</text>'
    turned = f'transform="translate(12 {_HIGH // 2 - 10}) rotate(-90)"'
    names += f'<text class="axis" {turned} text-anchor="middle">{escape(beside)}</text>'
    return (
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" width="{_WIDE}" height="{_HIGH}" role="img" '
        f'aria-label="{escape(label)}">{axes}{"".join(ticks)}{names}{inside}</svg>'
    )


def _x(share: float) -> float:
    return _LEFT + share * (_WIDE - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HIGH - _LOW - share * (_HIGH - _LOW - _TOP)
