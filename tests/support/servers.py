"""Real database servers in folders of their own, which a test can stop and start again."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from redis import Redis, RedisError

from ketamine_faq.paths import PROJECT
from tests.support.processes import free_port, wait_for
from tests.support.programs import NGINX, POSTGRESQL, REDIS

# In deploy/nginx.conf: what a test that asks much from one address has to lift.
LIMITS = (("rate=2r/s", "rate=10000r/s"), ("rate=20r/m", "rate=10000r/s"), ("connections 30;", "connections 1000;"))

OUR_FILES = (
    "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't') "
    "AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace) AND relfilenode <> 0"
)


class PostgreSQL:
    """A PostgreSQL of Debian's, run by its own user where the tests are root, which it refuses to be."""

    def __init__(self, folder: Path) -> None:
        """Set up a cluster in a folder, and start it."""
        self._programs = POSTGRESQL.needed().parent
        self._data, self._port = folder / "postgresql", free_port()
        self._data.mkdir(mode=0o700)
        self._as_user: list[str] = []
        if os.getuid() == 0:
            shutil.chown(self._data, "postgres")
            self._as_user = ["runuser", "-u", "postgres", "--"]
            # pytest's folders are for their owner's eyes only.
            for parent in takewhile(lambda path: not path.stat().st_mode & 0o001, (folder, *folder.parents)):
                parent.chmod(0o755)
        self._run("initdb", "--auth=trust", "--username=bot", "--no-sync", "--encoding=UTF8")
        self.start()

    @property
    def folder(self) -> Path:
        """Where its data and configuration are."""
        return self._data

    @property
    def url(self) -> str:
        """The address, as settings have it."""
        return f"postgresql://bot@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start and wait until it answers."""
        options = f"-p {self._port} -k {self._data} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "start", "--wait", "--silent", f"--options={options}", f"--log={self._data / 'log'}")

    def stop(self) -> None:
        """Stop at once, whoever is connected."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")

    def dump(self) -> bytes:
        """What a backup has, as text."""
        return subprocess.run([self._programs / "pg_dump", self.url], check=True, stdout=subprocess.PIPE).stdout

    def files(self) -> bytes:
        """What is in the files of the tables and their indexes."""
        with sa.create_engine(self.url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(sa.text("CHECKPOINT"))
            paths = list(connection.scalars(sa.text(OUR_FILES)))
        return b"".join((self._data / path).read_bytes() for path in paths)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._programs / program), "--pgdata", str(self._data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd="/")


class RedisServer:
    """A Redis of Debian's, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        self._program = REDIS.needed()
        self._folder, self._port = folder, free_port()
        self.start()

    @property
    def url(self) -> str:
        """The address, as settings have it."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [
            self._program,
            "--port",
            str(self._port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            self._folder,
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._answers, 10)

    def stop(self) -> None:
        """Stop at once."""
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        try:
            return Redis.from_url(self.url).ping()
        except RedisError:
            time.sleep(0.1)
            return False


class Nginx:
    """Debian's nginx with the configuration of deploy/ before two bots."""

    def __init__(self, folder: Path, bots: tuple[str, str], *, limited: bool = True) -> None:
        """Start it before the bots of two addresses (`host:port`)."""
        program = NGINX.needed()
        port = free_port()
        text = (PROJECT / "deploy" / "nginx.conf").read_text().replace("listen 8080", f"listen {port}")
        for name, bot in zip(("bot-a:5005", "bot-b:5005"), bots):
            text = text.replace(name, bot)
        for limit, lifted in () if limited else LIMITS:
            text = text.replace(limit, lifted)
        configuration = folder / "nginx.conf"
        text = text.replace("root /etc/nginx;", f"root {PROJECT / 'deploy'};")
        configuration.write_text(re.sub(r"/tmp/nginx", f"{folder}/nginx", text))
        with (folder / "nginx.txt").open("w") as output:
            self._process = subprocess.Popen(
                [program, "-c", str(configuration), "-g", "daemon off;"], stdout=output, stderr=output
            )
        self.address = f"http://127.0.0.1:{port}"
        wait_for(self._answers, 10)

    def reload(self) -> None:
        """Have it look for the bots anew, as `nginx -s reload` does."""
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(10)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/healthz").status_code in (200, 502)
        except httpx.TransportError:
            return False


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Give a file system in memory of its own, such as a small one or one that can't be written; needs root."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("only root can mount a disk of a test's own")
    try:
        yield folder
    finally:
        # Lazily: what was killed may have a file open for a moment still.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
