"""A Dask cluster as an executor of pages. Only this module knows Dask (the extra ``dask``)."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from searchkit.errors import ExecutorUnavailable
from searchkit.version import VERSION

SECONDS = 10  # for the scheduler to answer, and for a worker to be there
RETRIES = 2  # of a task whose worker was lost or raised, by Dask itself
ALIKE = ("python", "distributed")  # what is to be of one version everywhere, for pages and documents travel as pickles


@contextmanager
def connect(address: str) -> Iterator[Executor]:
    """The cluster of a scheduler ("tcp://10.0.0.1:8786" or "10.0.0.1:8786"), until the end of the block.

    Raises ExecutorUnavailable where Dask is not installed, no scheduler answers, it has no workers, or these have
    other versions.
    """
    try:
        from distributed import Client
        from distributed.comm import resolve_address
    except ImportError:
        raise ExecutorUnavailable("Dask is not installed", f"--scheduler {address}",
                                  "install it: pip install 'searchkit[dask]'") from None
    try:
        resolve_address(address)  # a client that cannot make sense of it would try until the process ends
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="(?s).*Mismatched versions")  # told below, in a line
            client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as problem:  # its own errors are all of these, a time-out included
        raise ExecutorUnavailable(f"no Dask scheduler answers: {_say(problem)}", f"--scheduler {address}",
                                  "start one: dask scheduler, and dask worker ADDRESS") from None
    with client:
        _check_workers(client, address)
        yield client.get_executor(pure=False, retries=RETRIES)


def _check_workers(client: Any, address: str) -> None:  # noqa: ANN401 - Dask has no types
    """Raises ExecutorUnavailable unless there are workers that understand what is sent to them."""
    try:
        client.wait_for_workers(1, timeout=SECONDS)
        found = client.get_versions(packages=["searchkit"])
    except (OSError, TimeoutError) as problem:
        raise ExecutorUnavailable(f"the Dask cluster has no workers: {_say(problem)}", f"--scheduler {address}",
                                  "start some: dask worker ADDRESS --nthreads 1") from None
    here = {**found["client"]["packages"], "searchkit": VERSION, "python": ".".join(map(str, sys.version_info[:2]))}
    for place, told in {"the scheduler": found["scheduler"], **found["workers"]}.items():
        packages = told["packages"]
        there = {**packages, "python": ".".join(packages["python"].split(".")[:2])}
        for name in ("searchkit", *ALIKE):
            if there.get(name) != here[name]:
                what = f"{place} has {name} {there.get(name) or '(none)'}, this machine has {here[name]}"
                raise ExecutorUnavailable(what, f"--scheduler {address}", "install the same versions everywhere")


def _say(problem: Exception) -> str:
    """An error of Dask's in a line."""
    return " ".join(str(problem).split())[:200] or type(problem).__name__
