"""Files in and out: the CSV files of the interchange format, loaded all or nothing."""

from api.interchange.importing import Progress, import_folder
from api.interchange.report import Counts, ImportReport, RowError

__all__ = ["Counts", "ImportReport", "Progress", "RowError", "import_folder"]
