"""Real database servers in folders of their own, which a test can stop and start again."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from redis import Redis, RedisError

from tests.conftest import free_port, wait_for


class PostgreSQL:
    """A PostgreSQL of Debian's, run by its own user where the tests are root, which it refuses to be."""

    def __init__(self, folder: Path) -> None:
        """Set up a cluster in a folder, and start it."""
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self._data, self._port = folder / "postgresql", free_port()
        self._data.mkdir(mode=0o700)
        self._as_user: list[str] = []
        if os.getuid() == 0:
            shutil.chown(self._data, "postgres")
            self._as_user = ["runuser", "-u", "postgres", "--"]
            for parent in (folder, *folder.parents[:2]):
                parent.chmod(0o755)
        self._run("initdb", "--auth=trust", "--username=bot", "--no-sync", "--encoding=UTF8")
        self.start()

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

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._programs / program), "--pgdata", str(self._data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd="/")


class RedisServer:
    """A Redis of Debian's, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        self._folder, self._port = folder, free_port()
        self.start()

    @property
    def url(self) -> str:
        """The address, as settings have it."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [
            "redis-server",
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
