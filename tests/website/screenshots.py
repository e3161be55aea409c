"""`python -m tests.website.screenshots ADDRESS` writes a picture of each state to docs/screenshots.

ADDRESS is that of a bot that `ketamine-faq serve` serves; each run leaves it six enquiries.
"""

import sys

from ketamine_faq.paths import PROJECT
from tests.website.browser import chromium
from tests.website.states import states
from tests.website.visitor import Visitor

FOLDER = PROJECT / "docs" / "screenshots"
SIZES = ({"width": 1280, "height": 800}, {"width": 375, "height": 667}, {"width": 320, "height": 568})


def main(address: str) -> None:
    """Write the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for size in SIZES:
            for scheme in ("light", "dark"):
                # Without motion, or a picture might catch it half-way.
                context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
                page = context.new_page()
                page.goto(address)
                for state in states(Visitor(page)):
                    page.screenshot(path=FOLDER / f"{state}-{size['width']}-{scheme}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
