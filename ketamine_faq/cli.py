"""The command line: `ketamine-faq --help`."""

from pathlib import Path
from typing import Annotated

import typer
from rasa.shared.exceptions import RasaException
from rich.console import Console
from rich.table import Table

from ketamine_faq import PROJECT
from ketamine_faq.enquiries_cli import enquiries_app

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
content_app = typer.Typer(no_args_is_help=True, help="The curated text.")
app.add_typer(content_app, name="content")
app.add_typer(enquiries_app, name="enquiries")

console = Console()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the bot.")] = 5005,
    endpoints: Annotated[Path, typer.Option(help="Stores and action server.")] = PROJECT / "endpoints.yml",
    enable_api: Annotated[bool, typer.Option(help="Open Rasa's management API; refused off this machine.")] = False,
) -> None:
    """Train if needed, then run the bot and its action server until Ctrl-C."""
    from ketamine_faq.server import Server

    try:
        Server(host, port, endpoints, enable_api).run()
    except RasaException as error:
        _stop(str(error))


@app.command()
def train() -> None:
    """Train the model, if there is none of the present sources."""
    from ketamine_faq.model import ensure_model

    try:
        console.print(f"The model is {ensure_model()}")
    except RasaException as error:
        _stop(str(error))


@content_app.command("check")
def content_check() -> None:
    """List every fault in content/, with its place and the mend."""
    from ketamine_faq.content_check import check

    faults = check()
    for fault in faults:
        console.print(str(fault), style="red", highlight=False, markup=False)
    if faults:
        _stop(f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in content/.")
    console.print("content/ is clean.")


@content_app.command("status")
def content_status() -> None:
    """Show each topic's variations, facts, who checked them and when the next review is due."""
    from ketamine_faq.content_check import variations

    table = Table("topic", "variation", "facts", "checked by", "next review")
    for item in variations():
        checked_by, review = item.metadata.get("checked_by"), item.metadata.get("next_review")
        topic = item.response.removeprefix("utter_")
        table.add_row(topic, item.id, " ".join(item.facts), checked_by or "nobody yet", str(review or "not set"))
    console.print(table)


def _stop(message: str) -> None:
    Console(stderr=True, soft_wrap=True).print(message, style="bold red", highlight=False, markup=False)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
