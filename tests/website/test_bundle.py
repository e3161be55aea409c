"""The built widget that is in the package: small, and what its sources make. Needs no Node and no browser."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from ketamine_faq.content.texts import CONTENT
from ketamine_faq.paths import PROJECT
from ketamine_faq.website import widget
from ketamine_faq.website.widget import PLACE, SCRIPT, widget_script, widget_words
from ketamine_faq.yaml_file import ContentError, read

MAX_BYTES = 30_000
BANNER = re.compile(rb"/\*!.* sources ([0-9a-f]{64}) code ([0-9a-f]{64}) \*/\n")


@pytest.fixture(scope="module")
def bundle() -> bytes:
    """The file that pages load."""
    return SCRIPT.read_bytes()


def sources_hash() -> str:
    """The hash that widget/build/banner.js writes into the bundle."""
    listed = [PROJECT / name for name in json.loads((PROJECT / "widget/sources.json").read_text())]
    files = [file for path in listed for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(PROJECT).as_posix(), path) for path in files):
        digest.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def test_it_is_built_from_the_present_sources(bundle: bytes):
    assert BANNER.match(bundle)[1].decode() == sources_hash(), "run `make widget` and commit what it builds"


def test_nobody_has_changed_what_was_built(bundle: bytes):
    banner = BANNER.match(bundle)
    assert hashlib.sha256(bundle[banner.end() :]).hexdigest() == banner[2].decode()


def test_it_is_small(bundle: bytes):
    assert len(gzip.compress(bundle)) <= MAX_BYTES


def test_the_lockfile_names_no_host():
    assert "resolved" not in (PROJECT / "widget/package-lock.json").read_text()


def test_no_word_of_content_is_built_in(bundle: bytes):
    texts = [text for text in read(CONTENT / "widget.yml")["chat"].values() if isinstance(text, str)]
    assert [text for text in texts if len(text) > 12 and text.encode() in bundle] == []
    assert not [path for path in json.loads((PROJECT / "widget/sources.json").read_text()) if "content" in path]


def test_its_words_are_put_in_with_the_numbers_filled_in():
    script, words = widget_script(), widget_words()
    assert PLACE not in script
    assert json.dumps(words["chat"]["title"])[1:-1] in script
    assert "{emergency}" not in words["chat"]["welcome"] and words["emergency"]["number"] in words["chat"]["welcome"]
    assert words["contactForm"]["aboutTopic"].endswith("{question}")


def test_a_script_without_a_place_for_words_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    broken = tmp_path / "widget.js"
    broken.write_text("/* words of its own */")
    monkeypatch.setattr(widget, "SCRIPT", broken)
    with pytest.raises(ContentError, match="make widget"):
        widget_script()
