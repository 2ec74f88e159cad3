"""One process of a run in the open: `grade run u10 --ranks 2` has torchrun start it, beside others of its kind.

No worker: nothing confines it, and whoever starts it runs a program of their own on their own machine. It answers the
same questions over the same wire. Rank 0 hears the host and passes each question on, so that all ranks do the same;
what the others answer is dropped.

The environment: SOCKET_AT where the host listens, DEVICE `cpu` or `cuda`, and what torchrun sets (RANK, WORLD_SIZE,
LOCAL_RANK, and where they meet). Started without torchrun it is alone.
"""

import datetime
import os
import socket
from typing import Any

from grader.worker.guest import load
from grader.worker.guest.serve import Channel, flush
from grader.worker.guest.server import Server
from grader.worker.wire.frames import pack
from grader.worker.wire.protocol import READY
from grader.worker.wire.ranks import CPU, DEVICE, SOCKET_AT, WHERE

PATIENCE = datetime.timedelta(minutes=5)  # a rank that stopped leaves the others waiting for its gradients


class Rank(Server):
    """A server of one learner's module, one of several."""

    def __init__(self, where: dict[str, Any]) -> None:
        """where: what a run may want to know: rank, ranks, device."""
        super().__init__(self._no_host)
        self._where = where

    def op_forbid(self, patterns: list[str]) -> None:
        """Take nothing away: what is trained in the open is not graded."""

    def op_load(self, source: bytes, filename: str, _code: bytes = b"") -> None:
        """Execute the learner's module."""
        load.load(self, source, filename)

    def op_begin(self, seed: int) -> None:
        """Begin a question: seed the generators of devices, too."""
        super().op_begin(seed)
        import torch

        torch.cuda.manual_seed(seed)

    def op_props(self, code: bytes) -> None:
        """Load the run, and tell it where it runs."""
        super().op_props(code)
        vars(self.props).setdefault(WHERE, {}).update(self._where)

    @staticmethod
    def _no_host(_call: bytes) -> bytes:
        raise RuntimeError("a run lends no functions")


def main() -> None:
    """Answer until the host goes."""
    import torch

    rank, ranks = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    device = os.environ[DEVICE]
    if device != CPU:
        device = f"{device}:{os.environ.get('LOCAL_RANK', '0')}"
        torch.cuda.set_device(device)
    server = Rank({"rank": rank, "ranks": ranks, "device": device})
    passed_on = _meet(device) if ranks > 1 else None
    if rank:
        while message := _heard(passed_on):
            server.answer(message)
            flush()
        return
    with socket.socket(socket.AF_UNIX) as stream:
        stream.connect(os.environ[SOCKET_AT])
        host = Channel(stream.fileno())
        host.send(pack(READY))
        while message := host.heard():
            _tell(passed_on, message)
            answer = server.answer(message)
            flush()
            host.send(pack(answer))
    _tell(passed_on, b"")


# Questions travel between ranks as bytes, through gloo: nccl carries nothing that lies in plain memory.


def _meet(device: str) -> Any:
    """Wait until all ranks are there; return the group that questions go through."""
    import torch.distributed as dist

    dist.init_process_group("gloo" if device == CPU else "nccl", timeout=PATIENCE)
    return dist.new_group(backend="gloo", timeout=datetime.timedelta(days=1))


def _tell(group: Any, message: bytes) -> None:
    """Pass a message on to the other ranks; an empty one ends them."""
    if group is None:
        return
    import torch
    import torch.distributed as dist

    dist.broadcast(torch.tensor([len(message)]), 0, group=group)
    if message:
        dist.broadcast(torch.frombuffer(bytearray(message), dtype=torch.uint8), 0, group=group)


def _heard(group: Any) -> bytes:
    """Return the next message of rank 0."""
    import torch
    import torch.distributed as dist

    size = torch.zeros(1, dtype=torch.int64)
    dist.broadcast(size, 0, group=group)
    if not int(size):
        return b""
    message = torch.empty(int(size), dtype=torch.uint8)
    dist.broadcast(message, 0, group=group)
    return message.numpy().tobytes()


if __name__ == "__main__":
    main()
