"""What can be wrong with a file of companies: the whole of it, or one field of one row."""

from dataclasses import dataclass


class FileError(Exception):
    """The file cannot be read at all; says what to do. `args`: the text."""

    @property
    def text(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class FieldError:
    field: str  # one of our fields, or "" for the whole row
    text: str
