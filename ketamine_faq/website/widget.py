"""The widget's script with the words of content/: they are put in at the start of the server, so none is built in."""

import json
import re
from pathlib import Path
from typing import Any

from ketamine_faq.content.texts import AUDIENCES, CONTENT, MAX_CHARACTERS, content
from ketamine_faq.settings import settings
from ketamine_faq.yaml_file import ContentError, read

SCRIPT = Path(__file__).parents[1] / "static" / "widget.js"
# What stands for the words in the built script; widget/vite.config.js puts it there.
PLACE = "__WORDS_OF_CONTENT__"
# Whom to turn to in danger, the first first.
FIRST_LINES = ("emergency", "lifeline", "lifeline_text")
VARIABLE = re.compile(r"\{(\w+)\}")


def widget_script() -> str:
    """Return the script that pages load; raises ContentError where it was not built for words to be put in."""
    script = SCRIPT.read_text(encoding="utf-8")
    if script.count(PLACE) != 1:
        raise ContentError(f"{SCRIPT} has no place for its words: run `make widget`.")
    # A page may have the script between its own tags: nothing in the words may end them.
    return script.replace(PLACE, json.dumps(widget_words(), ensure_ascii=False).replace("<", "\\u003c"))


def widget_words() -> dict[str, Any]:
    """Return what the widget says: the sections of widget.yml, and what it needs of the other files."""
    sections, form, questions = (read(CONTENT / f"{name}.yml") for name in ("widget", "contact_form", "questions"))
    services = read(CONTENT / "services.yml")["services"]
    if "help" in sections:
        sections["help"]["lines"] = [content().service_button(name) for name in FIRST_LINES]
    words = {
        **sections,
        "contactForm": {
            "page": {**form["page"], "secure": form["page"]["secure"] if settings().secure_messaging_address else ""},
            **{name: form[name] for name in ("fields", "received")},
            "notice": form["collection_notice"],
            "aboutTopic": form["about_topic"],
        },
        "disclaimer": content().disclaimer,
        "emergency": services["emergency"],
        "services": [{"number": service["number"], "url": service["url"]} for service in services.values()],
        "starters": questions["starters"],
        "audiences": list(AUDIENCES),
        "maxCharacters": MAX_CHARACTERS,
        "titles": {topic: question["title"] for topic, question in questions["questions"].items()},
        "contactButton": content().notice("contact_button"),
    }
    return _filled(words, _values())


def _values() -> dict[str, str]:
    """Return what stands for a name in the widget's words: of the settings, what does not change while it is served."""
    known = settings()
    return {
        **{name: service["number"] for name, service in read(CONTENT / "services.yml")["services"].items()},
        "enquiries_kept_days": str(known.enquiries_kept_days),
        "conversations_kept_days": str(known.conversations_kept_days),
        "secure_messaging_address": known.secure_messaging_address or "",
    }


def _filled(node: Any, numbers: dict[str, str]) -> Any:
    """Fill in what is known here; any other name is for the widget to fill."""
    if isinstance(node, dict):
        return {name: _filled(below, numbers) for name, below in node.items()}
    if isinstance(node, list):
        return [_filled(below, numbers) for below in node]
    if isinstance(node, str):
        return VARIABLE.sub(lambda match: numbers.get(match[1], match[0]), node.strip())
    return str(node)
