"""Settings, from the environment (DATELINE_*), then dateline.toml in the working folder, then the defaults."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from index.errors import SettingsError

_PREFIX = "DATELINE_"
_FILE = "dateline.toml"
_READERS = {"bundled", "similarity"}
_NAMED = "bundled, similarity, a GGUF file, or one to three model folders or names, with commas between"


def _user_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dateline"


class Settings(BaseSettings):
    """What can be set; see docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, toml_file=_FILE, extra="forbid", frozen=True)

    db: Path = Field(default=Path("dateline-archive"), description="folder of the archive")
    cache: Path = Field(default_factory=_user_cache, description="folder for the unpacked embedding model")
    embedding_model: str | None = Field(
        default=None, description="sentence-transformers folder or name; empty: the bundled one"
    )
    chroma_url: str | None = Field(
        default=None, description="address of a Chroma server that keeps the vectors; empty: the archive's own folder"
    )
    chroma_token: SecretStr | None = Field(default=None, description="the token that this server asks for")
    chunk_tokens: int = Field(
        default=1, ge=1, le=400, description="tokens a chunk, at the least one sentence; a change asks for rebuild"
    )
    k: int = Field(default=20, ge=1, le=200, description="chunks retrieved for a question")
    recency: float = Field(default=0.0, ge=0, le=1, description="preference for new articles, 1 as much as a match")
    risk: float = Field(
        default=0.43, ge=0.01, le=0.6, description="share of wrong answers among those given, at the most"
    )
    threshold: float | None = Field(
        default=None, ge=0, le=1, description="least support of a sentence that is cited; empty: what `risk` asks for"
    )
    reader: str = Field(
        default="bundled",
        description=_NAMED,
    )
    verdicts: Literal["measured", "always", "never"] = Field(
        default="measured",
        description="when a yes/no question gets its yes or no: where measured to be reliable, always, or never",
    )
    statements: int = Field(default=3, ge=1, le=20, description="sentences in an answer, at the most")

    llm: str | None = Field(
        default=None, description="chat model that writes the answers, provider:model; empty: none (docs/models.md)"
    )
    llm_base_url: str | None = Field(
        default=None, description="address of a server with OpenAI's interface, where `llm` is to be found"
    )
    llm_timeout: float = Field(default=60.0, ge=1, le=3600, description="seconds that the chat model has for an answer")
    llm_tokens: int = Field(
        default=3000, ge=200, le=200_000, description="tokens of evidence that the chat model is shown, at the most"
    )

    support: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="least support of a sentence that the chat model wrote; empty: as measured",
    )

    @property
    def reader_models(self) -> tuple[str, ...]:
        """The models that `reader` names; none where it names a reader of ours or a GGUF file."""
        return () if self.reader in _READERS or self.reader_gguf else tuple(self.reader.split(","))

    @property
    def reader_gguf(self) -> Path | None:
        """The GGUF file that `reader` names."""
        path = Path(self.reader).expanduser()
        return path if path.suffix.lower() == ".gguf" else None

    @field_validator("reader")
    @classmethod
    def _check_reader(cls, value: str) -> str:
        names = [one.strip() for one in value.split(",")]
        if not all(names) or len(names) > 3 or (len(names) > 1 and _READERS & set(names)):
            raise ValueError(f"give {_NAMED}")
        return ",".join(names)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**changes: Any) -> Settings:  # noqa: ANN401 - the fields' own types, checked by pydantic
    """The settings in force, with `changes` (None: not changed) before all else.

    Raises:
        SettingsError: an unknown name or a value out of range, in the environment, the file or the changes.
    """
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"unknown setting {unknown[0]} in the environment; known are {', '.join(sorted(known))}")
    try:
        return Settings(**{name: value for name, value in changes.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"setting {name!r} = {first['input']!r}: {first['msg']}; see {_FILE} and {_PREFIX}*"
        ) from None
    except ValueError as error:
        raise SettingsError(f"{_FILE} cannot be read: {error}") from None
