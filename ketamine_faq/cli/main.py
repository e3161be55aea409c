"""The command line: `ketamine-faq --help`."""

import contextlib
import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ketamine_faq.cli.ask import ask
from ketamine_faq.cli.content import content_app
from ketamine_faq.cli.enquiries import enquiries_app
from ketamine_faq.cli.examples import examples_app
from ketamine_faq.cli.insights import insights
from ketamine_faq.cli.personal_data import erase, retention
from ketamine_faq.cli.staff import audit, staff_app
from ketamine_faq.cli.stop import stop, stopped_by
from ketamine_faq.paths import PROJECT

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(content_app, name="content")
app.add_typer(enquiries_app, name="enquiries")
app.add_typer(examples_app, name="examples")
app.add_typer(staff_app, name="staff")
app.command()(audit)
app.command()(ask)
app.command()(insights)
app.command()(retention)
app.command()(erase)

bench_app = typer.Typer(no_args_is_help=True, help="How good it is, measured.")
app.add_typer(bench_app, name="bench")

console = Console()
console_of_errors = Console(stderr=True)

Quick = Annotated[bool, typer.Option("--quick", help="Take the adapter's encoder: minutes, but figures that flatter.")]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the bot.")] = 5005,
    endpoints: Annotated[Path, typer.Option(help="Stores and action server.")] = PROJECT / "endpoints.yml",
    enable_api: Annotated[bool, typer.Option(help="Open Rasa's management API; refused off this machine.")] = False,
) -> None:
    """Train if needed, then run the bot and its action server until Ctrl-C."""
    from ketamine_faq.serving.quiet import quiet_libraries

    quiet_libraries()
    from ketamine_faq.serving.supervisor import Server

    with stopped_by():
        Server(host, port, endpoints, enable_api).run()


@app.command()
def train(
    encoder: Annotated[
        bool, typer.Option(help="First fine-tune the encoder anew, which takes most of an hour.")
    ] = False,
) -> None:
    """Train the model, if there is none of the present sources; a running bot has it after its next start."""
    with stopped_by():
        if encoder:
            _make_adapter()
        from ketamine_faq.model import ensure_model

        console.print(f"The model is {ensure_model()}")


def _make_adapter() -> None:
    _quiet_libraries()
    from ketamine_faq.nlu.adapter_training import make_adapter

    made = make_adapter()
    console.print(f"The adapter of {made['examples']} examples is written; commit it with its record.")


@bench_app.command("nlu")
def bench_nlu(
    train: Annotated[Path | None, typer.Option(help="A `sentence,label` CSV file to train on, with --test.")] = None,
    test: Annotated[Path | None, typer.Option(help="A `sentence,label` CSV file to test on.")] = None,
    oos: Annotated[str, typer.Option(help="The label of messages that no other label fits.")] = "out_of_scope",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Where to draw the confusion matrix (PNG).")] = None,
    quick: Quick = False,
) -> None:
    """Measure how topics are told apart: on the project's data by cross-validation, or from file to file."""
    if (train is None) != (test is None):
        stop("--train and --test go together: give both files, or neither for the project's own data.")
    _quiet_libraries()
    from ketamine_faq.bench import nlu as bench

    for path in (train, test):
        if path and not path.is_file():
            stop(f"{path} is no file: check its name.")
    if train and test:
        with stopped_by(), contextlib.redirect_stdout(sys.stderr):  # progress is no part of the result
            report = bench.file_report(train, test, oos)
    else:
        prediction = _predicted(quick)
        report = bench.project_report(prediction)
        if picture:
            bench.confusion_picture(prediction, picture)
    _print_report(report, as_json)


@bench_app.command("safety")
def bench_safety(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    quick: Quick = False,
) -> None:
    """Measure the degrees of concern by cross-validation, by kind of message, with 95 % intervals."""
    _quiet_libraries()
    from ketamine_faq.bench import safety as bench

    _print_report(bench.report(_predicted(quick)), as_json)


@bench_app.command("file")
def bench_file(
    messages: Annotated[Path, typer.Argument(help="JSON lines with `text`, `accept` and `kind`.")],
    address: Annotated[str, typer.Option(help="Where the bot is served.")] = "http://127.0.0.1:5005",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Ask a running bot all messages of a labelled file: right, danger and possible by kind, with 95 % intervals."""
    from ketamine_faq.bench import file as bench

    if not messages.is_file():
        stop(f"{messages} is no file: check its name.")
    with stopped_by():
        report = bench.report(list(bench.asked(bench.read_messages(messages), address)))
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    table = Table("kind", "messages", *report["all"])
    for kind, shares in report.items():
        cells = [f"{s['share']:.1%} ({s['low']:.1%} to {s['high']:.1%})" for s in shares.values()]
        table.add_row(kind, str(shares["right"]["messages"]), *cells)
    console.print(table)


def _predicted(quick: bool) -> Any:
    """Cross-validate; progress, and what the figures are worth, are no part of the result."""
    from ketamine_faq.bench.cross_validation import predict

    how = "the adapter's encoder has seen all examples: these figures flatter" if quick else "an encoder a fold: hours"
    console_of_errors.print(f"Cross-validation, {how}.")
    with stopped_by(), contextlib.redirect_stdout(sys.stderr):
        return predict(quick=quick)


def _print_report(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    table = Table("measure", "value", show_header=False)
    for name, value in _flattened(report):
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    console.print(table)


def _flattened(report: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    entries = report.items() if isinstance(report, dict) else enumerate(report) if isinstance(report, list) else ()
    if not isinstance(report, dict | list):
        yield name, report
    for key, value in entries:
        yield from _flattened(value, f"{name} {key}".strip())


def _quiet_libraries() -> None:
    """Have libraries warn of nothing, and Rasa import nothing of TensorFlow that isn't used."""
    from ketamine_faq.serving.without_tensorflow import put_aside_for_training

    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3")
    warnings.simplefilter("ignore")
    put_aside_for_training()
