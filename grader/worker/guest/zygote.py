"""A bare process that forks workers. Executed as a script: `python -s -P -S -B zygote.py OPTIONS`.

It has imported the libraries of one kind of unit and loaded nothing of the course. Whatever is in its memory can be
read in every worker, so it is never told a path of a solution, a submission, a seed or an expected value.

Options (JSON): `paths` folders to import libraries from, `libraries` what to import, `isolation` how far to shut
workers in, `view` what they may see, and either `control`, the descriptor of a SEQPACKET socket, or `spawn`, the three
descriptors of a single worker to be. Control messages are JSON:
    {"start": id, "memory": bytes, "folder": path} + descriptors, see `serve.become`  ->  {"pid": pid} + a pidfd
    {"end": id}  ->  {"status": wait status, "cpu": seconds, "peak": kilobytes}
    {"join": true} + the descriptor of another such socket: another host, which has workers of its own
    first of all, unasked, to each host  ->  {"reached": [...], "problems": [...]}
"""

import contextlib
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

MOST = 8  # descriptors of one request
ENGINE = ("grader", "msgspec")


class Guard(importlib.abc.MetaPathFinder):
    """Refuses third-party packages that a unit does not list. A courtesy with a clear sentence, not a wall."""

    def __init__(self, allowed: set[str]) -> None:
        self.allowed = allowed

    def find_spec(self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None) -> None:
        """Raise ModuleNotFoundError for what is here and not allowed, else leave it to the next finder."""
        top = name.partition(".")[0]
        # The settings that Python was built with are no module by name, and numpy.testing looks at them.
        known = top in self.allowed or top in sys.stdlib_module_names or top.startswith("_sysconfigdata")
        # Whoever only asks for what is not here (torch does) is told so in the usual way.
        if not known and importlib.machinery.PathFinder.find_spec(name, path) is not None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def prepare(options: dict[str, Any]) -> tuple[Any, Any]:
    """Import the engine's worker side and the unit's libraries.

    Returns the module `grader.worker.guest.serve`, and the cell that workers will live in.
    """
    gc.disable()  # looking through what torch makes while it is imported takes 150 ms and finds nothing
    here = os.path.abspath(__file__)  # noqa: PTH100 (no pathlib in a worker)
    for _ in ("zygote.py", "guest", "worker"):
        here = os.path.dirname(here)  # noqa: PTH120
    sys.path += options["paths"]
    _engine(here)
    serve = importlib.import_module("grader.worker.guest.serve")
    cell = serve.Cell(options["isolation"])
    if "control" in options:
        cell.enter()
    for library in options["libraries"]:
        importlib.import_module(library)
    serve.warm()
    needs = importlib.import_module("grader.worker.wire.libraries").NEEDS
    allowed = {need for library in options["libraries"] for need in (library, *needs.get(library, ()))}
    if not allowed:
        sys.path[:] = [path for path in sys.path if path not in options["paths"]]
    sys.meta_path.insert(0, Guard(allowed))
    for name in [name for name in sys.modules if name.partition(".")[0] in ENGINE]:
        del sys.modules[name]
    gc.freeze()
    gc.enable()
    cell.seal(options["view"])
    return serve, cell


def _engine(folder: str) -> None:
    """Make `grader.worker` importable from its files, without the folder that the course lies in."""
    for name, path in (("grader", folder), ("grader.worker", os.path.join(folder, "worker"))):  # noqa: PTH118
        spec = importlib.util.spec_from_file_location(
            name,
            os.path.join(path, "__init__.py"),  # noqa: PTH118
            submodule_search_locations=[path],
        )
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} is not a package")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)


class Host:
    """One who asks for workers: a socket, and the workers that were started for it."""

    def __init__(self, control: int) -> None:
        self.socket = socket.socket(fileno=control)
        self.children: dict[int, int] = {}

    def receive(self) -> tuple[bytes, list[int]]:
        """Return the next request and its descriptors; nothing where the host has gone."""
        try:
            return socket.recv_fds(self.socket, 1 << 16, MOST)[:2]
        except ConnectionError:
            return b"", []

    def say(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Answer. That the host has gone is found out when it is listened to."""
        with contextlib.suppress(ConnectionError):
            socket.send_fds(self.socket, [json.dumps(message).encode()], descriptors)


class Forks:
    """The zygote proper: one thread, one socket a host, one child a request."""

    def __init__(self, serve: Any, cell: Any, control: int) -> None:
        self.serve = serve
        self.cell = cell
        self.hosts: dict[int, Host] = {}
        self.join(control)

    def run(self) -> None:
        """Answer until the last host goes away; each takes its workers along."""
        poll = select.poll()
        while self.hosts:
            for control in self.hosts:
                poll.register(control, select.POLLIN)
            for control, _ in poll.poll():
                if not self.answer(self.hosts[control]):
                    poll.unregister(control)
                    self.leave(self.hosts.pop(control))

    def answer(self, host: Host) -> bool:
        """Do what a host asks for next; False where it has gone."""
        message, descriptors = host.receive()
        if not message:
            return False
        request = json.loads(message)
        if "start" in request:
            self.start(host, request, descriptors)
        elif "join" in request:
            self.join(*descriptors)
        else:
            host.say(self.end(host, request["end"]))
        return True

    def join(self, control: int) -> None:
        """Listen to another host."""
        self.hosts[control] = Host(control)
        self.hosts[control].say({"reached": self.cell.reached, "problems": self.cell.problems})

    def leave(self, host: Host) -> None:
        """End the workers of a host that has gone."""
        host.socket.close()
        for worker in list(host.children):
            self.end(host, worker)

    def start(self, host: Host, request: dict[str, Any], descriptors: Sequence[int]) -> None:
        """Fork one worker and say its number; the pidfd names it also outside this process table."""
        pid = self.cell.fork()
        if pid == 0:
            try:
                host.socket.detach()
                self.serve.become(self.cell, descriptors, request)
            except BaseException as error:  # noqa: BLE001 (a child must never return into the zygote's loop)
                os.write(2, f"worker could not start: {type(error).__name__}: {error}\n".encode())
            finally:
                os._exit(112)
        for descriptor in descriptors:
            os.close(descriptor)
        host.children[request["start"]] = pid
        pidfd = os.pidfd_open(pid)
        host.say({"pid": pid}, [pidfd])
        os.close(pidfd)

    def end(self, host: Host, worker: int) -> dict[str, Any]:
        """Kill a worker and whatever it started, and say how it ended. Only now is its number free for others."""
        pid = host.children.pop(worker)
        # One that has ended by itself keeps its own status: a signal does not reach the dead.
        for target in (os.killpg, os.kill):
            with contextlib.suppress(OSError):  # gone already, or not yet a group leader
                target(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        return {"status": status, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss}


def main() -> None:
    """Read the options and become a zygote, or with `spawn` a single worker."""
    options = json.loads(sys.argv[1])
    serve, cell = prepare(options)
    if "spawn" in options:
        serve.become(cell, options["spawn"], options)
    Forks(serve, cell, options["control"]).run()
    os._exit(0)  # the host waits, and taking torch apart piece by piece takes 500 ms


if __name__ == "__main__":
    main()
