"""The command line: `coverline` and each of its commands."""

import typer

from api.commands.audit import audit
from api.commands.check import check
from api.commands.database import doctor, migrate, schema
from api.commands.delivering import deliver, tick
from api.commands.differences import diff_editions
from api.commands.erasing import erase
from api.commands.exporting import export
from api.commands.failures import Commands
from api.commands.guide import guide, plans
from api.commands.importing import import_files
from api.commands.keys import keys
from api.commands.lifecycle import import_lifecycle
from api.commands.packs import pack, verify
from api.commands.picture import picture
from api.commands.quote import quote
from api.commands.sandbox import sandbox
from api.commands.serve import serve
from api.commands.signing_keys import signing_keys

app = typer.Typer(
    name="coverline",
    cls=Commands,
    help="Which support a licence is entitled to, on which day, and by which clause.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(deliver)
app.command()(tick)
app.command()(migrate)
app.command("import")(import_files)
app.command("import-lifecycle")(import_lifecycle)
app.command()(export)
app.command()(check)
app.command()(quote)
app.command()(picture)
app.command()(pack)
app.command()(verify)
app.command()(erase)
app.command()(guide)
app.command()(plans)
app.command("diff-editions")(diff_editions)
app.command()(schema)
app.add_typer(keys, name="keys")
app.add_typer(sandbox, name="sandbox")
app.add_typer(signing_keys, name="signing-keys")
app.add_typer(audit, name="audit")
app.command()(doctor)


def main() -> None:
    """Run the command that the arguments name."""
    app()
