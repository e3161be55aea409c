"""The servers and the browsers that some tests need, and what installs one that is missing."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

# What a test of this run needed and could not have.
MISSED: set["Program"] = set()


@dataclass(frozen=True)
class Program:
    """A program of Debian's: its name on the PATH or a pattern of its file under /usr, and its package."""

    package: str
    name: str = ""
    pattern: str = ""

    def path(self) -> Path | None:
        """Where it is, of several the latest; None where it is not."""
        if self.name:
            found = shutil.which(self.name, path=f"{os.environ['PATH']}:/usr/sbin")
            return Path(found) if found else None
        found = Path("/usr").glob(self.pattern)
        return max(found, key=lambda path: [int(part) for part in path.parts if part.isdecimal()], default=None)

    def needed(self) -> Path:
        """Where it is; without it the test is skipped, and fails where nothing may be left out."""
        if found := self.path():
            return found
        MISSED.add(self)
        reason = f"{self.package} is missing: {self.mend}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)

    @property
    def mend(self) -> str:
        """The command that installs it."""
        return f"sudo apt-get install {self.package}"


POSTGRESQL = Program("postgresql", pattern="lib/postgresql/*/bin/initdb")
REDIS = Program("redis-server", name="redis-server")
NGINX = Program("nginx-light", name="nginx")
CHROMIUM = Program("chromium", name="chromium")
FIREFOX = Program("firefox-esr", name="firefox-esr")
# WebKit's own small browser comes with its driver.
WEBKIT = Program("webkit2gtk-driver", pattern="lib/*/webkit2gtk-4.1/MiniBrowser")
XVFB = Program("xvfb", name="Xvfb")
FAKETIME = Program("libfaketime", pattern="lib/*/faketime/libfaketimeMT.so.1")
