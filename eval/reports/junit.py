"""The report as JUnit XML, which CI systems show case by case."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from eval.scores import Scored

_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(scored: Sequence[Scored]) -> str:
    """One test a case, failed where its answer or verdict is wrong, in error where it could not be asked."""
    failed, errors = [one for one in scored if _wrong(one)], [one for one in scored if one.problem]
    counts = {"tests": str(len(scored)), "failures": str(len(failed)), "errors": str(len(errors))}
    suite = ElementTree.Element("testsuite", {"name": "dateline eval", **counts})
    for one in scored:
        seconds = one.answer.timings.get("total", 0.0) if one.answer else 0.0
        names = {"classname": one.case.kind, "name": f"{one.case.id}: {one.case.question}", "time": f"{seconds:.3f}"}
        test = ElementTree.SubElement(
            suite, "testcase", {key: _UNFIT.sub("\ufffd", text) for key, text in names.items()}
        )
        if one.problem:
            ElementTree.SubElement(test, "error", {"message": _UNFIT.sub("\ufffd", one.problem)})
        elif wrong := _wrong(one):
            found = ElementTree.SubElement(test, "failure", {"message": wrong})
            found.text = _UNFIT.sub("\ufffd", one.answer.text if one.answer else "")
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _wrong(one: Scored) -> str:
    """What is wrong with the answer of a case that was asked; empty where nothing is."""
    if one.problem:
        return ""
    return ", ".join(one.problems) or ("" if one.scores["answer"] else "begins with a sentence that is not gold")
