"""
Reading files of companies: CSV and Excel workbooks, their columns recognised by name.

A file that cannot be read is refused whole; else every row comes back with all its errors, each at its field.
"""

from companies.files.errors import FieldError, FileError
from companies.files.fields import OPTIONAL, REQUIRED
from companies.files.reading import Columns, read
from companies.files.rows import Row
from companies.files.tables import MOST_BYTES, MOST_ROWS

__all__ = ["MOST_BYTES", "MOST_ROWS", "OPTIONAL", "REQUIRED", "Columns", "FieldError", "FileError", "Row", "read"]
