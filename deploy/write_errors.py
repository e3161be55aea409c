"""Writes deploy/errors/: what nginx itself answers, in words of content/notices.yml. `make deploy/errors` runs it."""

import html
import json
from pathlib import Path

from ketamine_faq.content.texts import content

FOLDER = Path(__file__).with_name("errors")


def errors() -> dict[str, str]:
    """Return the files by name: a reply of the chat, one of the form's endpoint, and a page."""
    notice, disclaimer = content().notice("unreachable"), content().disclaimer
    paragraphs = "".join(f"<p>{html.escape(text)}</p>\n" for text in (notice, disclaimer))
    head = '<!doctype html>\n<html lang="en-AU">\n<meta charset="utf-8">\n<title>Anodyne</title>\n'
    return {
        "chat.json": json.dumps([{"text": f"{notice}\n\n{disclaimer}"}]) + "\n",
        "form.json": json.dumps({"text": notice}) + "\n",
        "page.html": f"{head}{paragraphs}</html>\n",
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in errors().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
