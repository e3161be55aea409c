"""`ketamine-faq examples`: the training examples, for whoever adds, reviews or moves them (docs/examples.md)."""

from typing import Annotated

import typer
from rich.console import Console

from ketamine_faq.cli.stop import stop, stopped_by

examples_app = typer.Typer(no_args_is_help=True, help="The examples that topics and concern are learned from.")

console = Console(soft_wrap=True)

LONGEST_BAND = 1000


@examples_app.command("find")
def find(
    text: Annotated[str, typer.Argument(help="A message, as a visitor would type it.")],
    number: Annotated[int, typer.Option(min=1, help="How many examples to show.")] = 10,
    intent: Annotated[str | None, typer.Option(help="Only those of this intent.")] = None,
) -> None:
    """Show the examples that the bot takes for most like a message, nearest first, with file and line.

    The first time, and after new fine-tuning, all examples are encoded anew, which takes minutes.
    """
    import numpy as np

    from ketamine_faq.nlu.examples import read_examples
    from ketamine_faq.nlu.minilm import MiniLM
    from ketamine_faq.nlu.minilm_graph import adapted_graph
    from ketamine_faq.nlu.vector_cache import cached_vectors

    with stopped_by():
        examples = read_examples()
        encoder = MiniLM(adapted_graph())
    vectors = cached_vectors(encoder, [example.text for example in examples])
    similarities = vectors @ encoder.encode([text])[0]
    nearest = [i for i in np.argsort(-similarities, kind="stable") if intent in (None, examples[i].intent)][:number]
    if not nearest:
        stop(f"No example has the intent {intent}: see content/topics.yml for their names.")
    for i in nearest:
        example = examples[i]
        _print(f"{similarities[i]:.2f}  {example.intent}  {example.place}  {example.text}")


@examples_app.command("check")
def check() -> None:
    """List what stands twice or nearly so, what contradicts itself, and the share of danger by length."""
    from ketamine_faq.nlu.example_check import check_examples, danger_by_length
    from ketamine_faq.nlu.examples import read_examples

    with stopped_by():
        examples = read_examples()
    for (low, high), (dangers, count) in danger_by_length(examples).items():
        words = f"{low} to {high}" if high < LONGEST_BAND else f"{low} or more"
        _print(f"{words} words: {count} examples, {dangers / max(1, count):.0%} of them dangers")
    faults = check_examples(examples)
    for fault in faults:
        _print(str(fault), style="red")
    if faults:
        stop(f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in data/.")
    _print(f"{len(examples)} examples are clean.")


@examples_app.command("leave-out")
def leave_out() -> None:
    """Write the list of the examples that training leaves out, anew, which takes minutes; commit it."""
    from ketamine_faq.nlu import left_out
    from ketamine_faq.nlu.examples import read_examples

    with stopped_by():
        examples = read_examples()
    count = left_out.leave_out(examples)
    _print(f"{count} of {len(examples)} examples are left out.")


def _print(line: str, style: str | None = None) -> None:
    console.print(line, style=style, highlight=False, markup=False)
