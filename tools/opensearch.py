"""A real OpenSearch on this machine, for tests: one node or several, on 127.0.0.1 only, without security.

    python tools/opensearch.py up [--nodes 3] [--version 2.19]     start what does not run yet, wait, print its address
    python tools/opensearch.py pids                                the processes of the nodes, one a line
    python tools/opensearch.py down                                stop what was started, and remove its data

Maven fetches the server (``opensearch_releases.py``) from the repository that it knows. A JDK that fits is looked for
in OPENSEARCH_JAVA_HOME, JAVA_HOME and the system's folder of them. OpenSearch refuses to run as root: then its
processes belong to "nobody".
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from opensearch_releases import ANY, NEWEST, RELEASES, Release, fetch_server, find_release

NOBODY = 65534  # on Debian and most others
HTTP, TRANSPORT = 9200, 9300  # node N listens on these ports + N
PATIENCE = 240  # seconds for a node to start; it takes 20 to 60 on two cores
HEAP = {1: "1g"}  # of a node; of one among several:
SMALL_HEAP = "640m"
FOLDER = Path(tempfile.gettempdir()) / f"searchkit-opensearch-{os.getuid()}"


def main() -> int:
    """Run a command; 0 when it was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("up", "pids", "down"))
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--version", default=NEWEST, help=f"one of {', '.join(RELEASES)}")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for the server and the nodes' data")
    options = parser.parse_args()
    if options.command == "pids":
        print("\n".join(str(pid) for _, pid in find_running(options.folder)))
    elif options.command == "down":
        stop(options.folder)
    else:
        start(options.folder, options.nodes, find_release(options.version))
    return 0


def start(folder: Path, nodes: int, release: Release) -> None:
    """Start the nodes that do not run, and wait for all."""
    running, home = dict(find_running(folder)), folder / f"opensearch-{release.version}"
    known = {file.read_text() for file in folder.glob("node*/home")}
    if known - {str(home)} or (running and len(list(folder.glob("node*"))) != nodes):
        sys.exit("another number of nodes, or another version, was started already: make opensearch-down")
    java = find_java(release)
    fetch_server(folder, release)
    for number in range(1, nodes + 1):
        if f"node{number}" not in running:
            check_port(HTTP + number)
            start_node(folder / f"node{number}", home, java, number, nodes)
    addresses = [f"http://127.0.0.1:{HTTP + number}" for number in range(1, nodes + 1)]
    for address in addresses:
        wait_until_ready(address, nodes, folder)
    print(",".join(addresses))


def find_java(release: Release) -> Path:
    """A JDK that fits the release."""
    oldest, newest = release.java
    named = [Path(os.environ[name]) for name in ("OPENSEARCH_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    for home in (*named, *sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)):
        described = home / "release"
        found = re.search(r'^JAVA_VERSION="(\d+)', described.read_text(), re.MULTILINE) if described.is_file() else None
        if found and oldest <= int(found[1]) <= newest and (home / "bin" / "java").exists():
            return home
    wanted = f"{oldest} or later" if newest == ANY else f"{oldest} to {newest}"
    sys.exit(f"no JDK of version {wanted} for OpenSearch {release.version}: name one in OPENSEARCH_JAVA_HOME")


def check_port(port: int) -> None:
    """End where another program has the port: its answers would be taken for the node's."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"port {port} on 127.0.0.1 is taken by another program")


def start_node(place: Path, home: Path, java: Path, number: int, nodes: int) -> None:
    """Start a node in a folder of its own; its process id is kept there."""
    config = place / "config"
    if not config.exists():
        shutil.copytree(home / "config", config)
    options = config / "jvm.options"
    options.write_text("\n".join(line for line in options.read_text().splitlines() if "gc.log" not in line) + "\n")
    heap = HEAP.get(nodes, SMALL_HEAP)
    settings = {
        "cluster.name": "searchkit-test", "node.name": f"n{number}", "network.host": "127.0.0.1",
        "http.port": HTTP + number, "transport.port": TRANSPORT + number,
        "path.data": place / "data", "path.logs": place / "logs",
        "cluster.routing.allocation.disk.threshold_enabled": "false",  # an almost full disk is no matter here
    }
    if nodes == 1:
        settings["discovery.type"] = "single-node"
    else:
        seeds = ",".join(f"127.0.0.1:{TRANSPORT + other}" for other in range(1, nodes + 1))
        settings |= {"discovery.seed_hosts": seeds, "cluster.initial_cluster_manager_nodes": "n1"}
    root = os.getuid() == 0
    if root:
        for path in (place, *place.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    with (place / "output").open("ab") as output:
        process = subprocess.Popen(
            [home / "bin" / "opensearch", *(f"-E{name}={value}" for name, value in settings.items())],
            env={"PATH": os.environ["PATH"], "HOME": str(place), "OPENSEARCH_JAVA_HOME": str(java),
                 "OPENSEARCH_PATH_CONF": str(config), "OPENSEARCH_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}"},
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if root else {}))
    (place / "home").write_text(str(home))
    (place / "pid").write_text(str(process.pid))


def wait_until_ready(address: str, nodes: int, folder: Path) -> None:
    """Wait until a node answers and sees all others."""
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open  # a proxy has no business on 127.0.0.1
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with ask(f"{address}/_cluster/health", timeout=10) as answer:
                if json.load(answer)["number_of_nodes"] == nodes:
                    return
        except (urllib.error.URLError, OSError, ValueError):
            pass
        if not dict(find_running(folder)):
            break
        time.sleep(1)
    sys.exit(f"{address} is not ready after {PATIENCE} seconds; what the nodes said: {folder}/node*/output")


def find_running(folder: Path) -> Iterator[tuple[str, int]]:
    """The nodes that run, with their processes; a number that now belongs to another process is none."""
    for file in sorted(folder.glob("node*/pid")):
        pid = int(file.read_text())
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if str(file.parent).encode() in command:
            yield file.parent.name, pid


def stop(folder: Path) -> None:
    """Stop the nodes that were started and remove their folders."""
    running = dict(find_running(folder))
    for pid in running.values():
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 30
    while dict(find_running(folder)) and time.monotonic() < end:
        time.sleep(0.2)
    for _, pid in find_running(folder):
        os.kill(pid, signal.SIGKILL)
    for place in folder.glob("node*"):
        shutil.rmtree(place)
    print(f"stopped {len(running)} of the nodes in {folder}")


if __name__ == "__main__":
    sys.exit(main())
