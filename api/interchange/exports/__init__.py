"""Reports as files: tables for spreadsheets and programs, and calendars."""
