"""`ketamine-faq staff` and `ketamine-faq audit`: the staff's page, who may come in, and what they looked at."""

import csv
import os
import socket
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ketamine_faq.cli.stop import stop, stopped_by
from ketamine_faq.cli.store import store
from ketamine_faq.paths import PROJECT

staff_app = typer.Typer(help="The staff's page.", invoke_without_command=True)

console = Console(soft_wrap=True)

LONGEST_NAME = 80


@staff_app.callback()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port; never one that visitors can reach.")] = 5006,
    endpoints: Annotated[Path, typer.Option(help="Where the tracker store is named.")] = PROJECT / "endpoints.yml",
) -> None:
    """Serve the staff's page until Ctrl-C: enquiries, questions and texts. See docs/staff.md."""
    if context.invoked_subcommand:
        return
    from ketamine_faq.serving.quiet import quiet_libraries

    quiet_libraries()
    with stopped_by():
        from ketamine_faq.staff.app import require_safe
        from ketamine_faq.staff.app import staff_app as application

        os.umask(0o077)
        require_safe(host)
        app = application(endpoints)

        from ketamine_faq.logs import set_up_logs

        set_up_logs()

        @app.after_server_start
        async def say(*_: object) -> None:
            print(f"Ready: {address()}  (Ctrl-C stops)", flush=True)

        # Ours to open: Sanic would only log that it can't, and end as if all were well.
        app.run(sock=_listening(host, port), access_log=False, motd=False)


@staff_app.command("link")
def link(
    name: Annotated[str, typer.Option(help="Who comes in; it stands in the audit and below what they sign.")],
    role: Annotated[str, typer.Option(help="reception, clinician or admin.")],
) -> None:
    """Print a link that lets one person in, once, within a quarter of an hour."""
    from ketamine_faq.settings import settings
    from ketamine_faq.staff.logins import ROLES, Logins

    if role not in ROLES:
        stop(f"{role} is no role: use one of {', '.join(ROLES)}.")
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        stop(f"'{name}' is no name: write one of at most {LONGEST_NAME} characters.")
    with stopped_by():
        if settings().staff_auth != "link":
            stop("STAFF_AUTH=proxy: the clinic's sign-in lets people in, whom STAFF_USERS names.")
        secret = Logins(store()).new_link(name.strip(), role, time.time())
        print(f"{address()}login?link={secret}")


def audit(
    number: Annotated[int, typer.Option(min=1, help="How many, the latest first.")] = 100,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV, and nothing else.")] = False,
) -> None:
    """List which of the staff looked at what, and did what."""
    from ketamine_faq.contact.staff import spreadsheet_safe
    from ketamine_faq.contact.store import utc
    from ketamine_faq.staff.audit import audit_rows

    with stopped_by():
        rows = audit_rows(store(), number)
    cells = [(utc(row.at), row.who, row.role, row.action, row.reference) for row in rows]
    heads = ("when (UTC)", "who", "role", "did", "what")
    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerows([heads, *(map(spreadsheet_safe, line) for line in cells)])
        return
    table = Table(*heads)
    for line in cells:
        table.add_row(*line)
    console.print(table)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        stop(f"Port {port} of {host} can't be used ({error.strerror}): choose another with --port.")


def address() -> str:
    """Return where the staff's page begins; raises SettingsError."""
    from ketamine_faq.settings import settings
    from ketamine_faq.staff.access import PREFIX

    return f"{str(settings().staff_url).rstrip('/')}{PREFIX}/"
