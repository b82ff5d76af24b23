"""Everything that touches the outside: HTTP, settings, storage, files and the command line."""
