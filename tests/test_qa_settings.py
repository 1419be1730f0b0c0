from pathlib import Path

import pytest

from index.errors import SettingsError
from qa.settings import load_settings


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_arguments_go_before_the_environment_and_that_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("dateline.toml").write_text('k = 3\nchunk_tokens = 99\ndb = "from-file"\n')
    monkeypatch.setenv("DATELINE_K", "4")
    settings = load_settings(db="given", chunk_tokens=None)
    assert (settings.k, settings.chunk_tokens, settings.db) == (4, 99, Path("given"))


def test_an_unknown_setting_is_refused_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="'colour' = 'red'"):
        load_settings(colour="red")
    Path("dateline.toml").write_text("chunks = 3\n")
    with pytest.raises(SettingsError, match="'chunks' = 3"):
        load_settings()
    Path("dateline.toml").write_text("k = = 3\n")
    with pytest.raises(SettingsError, match=r"dateline.toml cannot be read"):
        load_settings()
    Path("dateline.toml").unlink()
    monkeypatch.setenv("DATELINE_MODEL", "x")
    with pytest.raises(
        SettingsError, match=r"unknown setting DATELINE_MODEL in the environment; known are .*DATELINE_DB"
    ):
        load_settings()


def test_a_value_out_of_range_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_THRESHOLD", "1.5")
    with pytest.raises(SettingsError, match=r"'threshold' = '1\.5'"):
        load_settings()
