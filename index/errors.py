"""The errors a user can cause and mend.

* DatelineError
  + InputError        something given to read is not an article: a bad file, line, date or question
  + ArchiveError      the archive cannot be used as it stands
    - ArchiveMissing  no archive in that folder
    - ArchiveBusy     another process is writing
    - ArchiveMismatch made with another model or another version: rebuild
  + ModelError        a model that cannot be loaded
  + ChatError         the chat model gave no answer
  + SettingsError     a setting that is unknown or out of range
"""


class DatelineError(Exception):
    """Base of every error whose message is meant for the user: what, where, which value, what to do.

    A visitor of the page reads what it says under `kind`, filled with `values`, in her language; "": the message.
    """

    def __init__(self, message: str = "", *, kind: str = "", **values: str | int) -> None:
        super().__init__(message)
        self.kind = kind
        self.values = values


class InputError(DatelineError):
    """Something that was given to read cannot be read; the message names the file and the line."""


class ArchiveError(DatelineError):
    """The archive cannot be used as it stands."""


class ArchiveMissing(ArchiveError):
    """There is no archive in the folder."""


class ArchiveBusy(ArchiveError):
    """Another process holds the archive's write lock."""


class ArchiveMismatch(ArchiveError):
    """The archive was made with another embedding model or by another version."""


class ModelError(DatelineError):
    """A model that is missing, damaged or not of the expected kind."""


class ChatError(DatelineError):
    """The chat model gave no answer: not reached, too slow, or it refused; `status` is that of HTTP, if any."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class SettingsError(DatelineError):
    """A setting that is unknown or out of range."""
