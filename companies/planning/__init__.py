"""
The plan of a file of companies, carrying it out, and holding the two against each other.

`start_planning` follows when a file's rows are read; all else goes by the file's state, in the background.
"""

from companies.planning.carrying import NotStartedError, start
from companies.planning.working import plan_again, start_planning

__all__ = ["NotStartedError", "plan_again", "start", "start_planning"]
