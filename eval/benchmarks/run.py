"""One data set by name, measured and put beside the published figures."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from eval.benchmarks import ntrex, tydiqa, xquad_r, xquad_retrieval
from eval.benchmarks.pool import Measured, Options
from eval.benchmarks.published import PUBLISHED
from eval.benchmarks.result import Result
from index.embed import Embedder
from index.errors import InputError

BENCHMARKS: dict[str, Callable[[Path, Mapping[str, Embedder], Options], Measured]] = {
    "xquad-r": xquad_r.measure,
    "ntrex": ntrex.measure,
    "tydiqa": tydiqa.measure,
    "xquad-retrieval": xquad_retrieval.measure,
}


def run_benchmark(name: str, data: Path, embedders: Mapping[str, Embedder], options: Options, day: date) -> Result:
    """Measure a data set; `embedders` are the columns of the table, `day` is recorded as that of the run.

    Raises:
        InputError: an unknown name, a missing or damaged file, an unknown language; the message says which.
    """
    if name not in BENCHMARKS:
        raise InputError(f"there is no benchmark {name!r}; there are: {', '.join(BENCHMARKS)}")
    if options.questions and name != "ntrex":
        raise InputError(f"{name} has its own questions; --questions is for ntrex")
    measured = BENCHMARKS[name](data, embedders, options)
    settings = {
        "date": day.isoformat(),
        "limit": str(options.limit or "none"),
        "data": str(data),
        **measured.settings,
        **{f"embedder, {column}": embedder.identity for column, embedder in embedders.items()},
    }
    pooled = name != "xquad-retrieval"  # there each language stands for itself
    return Result(
        name=name,
        partial=options.limit is not None or (pooled and bool(options.languages)),
        figures=measured.figures,
        published=PUBLISHED[name],
        counts=measured.counts,
        settings=settings,
    )
