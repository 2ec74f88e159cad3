"""What honest code trips over in a cell gets one sentence; what need not trip works."""

import contextlib
import textwrap

import pytest

from grader.failures import LearnerError
from grader.submission import explain
from grader.worker.host.clock import Budget
from grader.worker.host.isolation import measure
from grader.worker.host.launch import Launcher

TRIPS = {
    "a thread": ("import threading", "threading.Thread(target=print).start()", "Threads are not available"),
    "a process": ("import subprocess", "subprocess.run(['ls'])", "New processes are not available"),
    "a pool": ("import multiprocessing", "multiprocessing.Pool(2)", "Worker processes are not available"),
    "a file to write": ("", "open('notes.txt', 'w')", "Files there are out of reach"),
    "a folder to make": ("import os", "os.mkdir('notes')", "Files there are out of reach"),
    "a folder to list": ("import os", "os.listdir('.')", "Files there are out of reach"),
    "a temporary file": ("import tempfile", "tempfile.mkdtemp()", "Files there are out of reach"),
    "a database": ("import sqlite3", "sqlite3.connect('a.db').execute('create table t(a)')", "Files there are out of"),
    "a file to read": ("", "open('input.txt')", "While your code is graded, neither your folder"),
    "asyncio": ("import asyncio", "asyncio.run(asyncio.sleep(0))", "No network is there"),
    "an address": ("import urllib.request as r", "r.urlopen('http://localhost:9/')", "No network is there"),
    "a prompt": ("", "input('how many? ')", "Take the input() out"),
    "a signal": ("import os", "os.kill(os.getppid(), 9)", "What that line asks of the system is not allowed"),
    "a socket": ("import socket", "socket.create_connection(('127.0.0.1', 9))", "No network is there"),
}
TORCH = {
    "a file of weights": ("torch.save(x, 'model.pt')", "Files there are out of reach"),
    "another device": ("x.to('cuda')", "Your code is graded on the CPU"),
    "workers of a loader": (
        "list(torch.utils.data.DataLoader([1, 2], num_workers=2))",
        "Worker processes are not available",
    ),
}
WORKS = {
    "an optimizer": "torch.optim.AdamW([x], lr=0.1).step() is None",
    "a schedule": "torch.optim.lr_scheduler.StepLR(torch.optim.SGD([x], lr=0.1), 2).get_last_lr() == [0.1]",
    "compile": "torch.compile(lambda y: y + 1)(x).sum() == 18 and torch.compile(mode='default')(abs) is abs",
    "more threads": "torch.set_num_threads(4) is None and (torch.ones(500, 500) @ torch.ones(500, 500)).sum() > 0",
    "a loader": "len(list(torch.utils.data.DataLoader([1, 2, 3]))) == 3",
    "a checkpoint": "torch.utils.checkpoint.checkpoint(lambda y: y * 2, x, use_reentrant=False).sum() == 18",
}


@pytest.fixture(scope="module")
def cell():
    with contextlib.closing(Launcher([])) as launcher:
        if measure(launcher).level not in ("syscalls", "confined"):
            pytest.skip("workers can do all of this here")
        yield launcher


@pytest.fixture(scope="module")
def torches(request):
    request.getfixturevalue("cell")
    pytest.importorskip("torch")
    with contextlib.closing(Launcher(["torch"])) as launcher:
        yield launcher


@pytest.mark.parametrize("name", TRIPS)
def test_it_is_told_in_a_sentence(start, cell, name):
    first, line, sentence = TRIPS[name]
    with pytest.raises(LearnerError) as found:
        start(f"{first}\ndef f():\n    {line}\n", by=cell).learner.f()
    assert explain.error_message(found.value).split("\n")[1].startswith(sentence)


def loaded(start, line, by):
    source = f"""\
        import torch, torch.utils.checkpoint
        def f():
            x = torch.ones(3, 3, requires_grad=True)
            return bool({line})
        """
    return start(textwrap.dedent(source), by=by, budget=Budget.of(5))


@pytest.mark.parametrize("name", TORCH)
def test_so_is_what_torch_says(start, torches, name):
    line, sentence = TORCH[name]
    with pytest.raises(LearnerError) as found:
        loaded(start, line, torches).learner.f()
    assert sentence in explain.error_message(found.value)


@pytest.mark.parametrize("name", WORKS)
def test_what_would_load_the_compiler_or_start_threads_works(start, torches, name):
    assert loaded(start, WORKS[name], torches).learner.f() is True
