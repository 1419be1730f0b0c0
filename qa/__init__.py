"""Question in, cited answer out: `build_answerer().ask("...")`."""

from qa.answers import Answer
from qa.app import build_answerer

__all__ = ["Answer", "build_answerer"]
