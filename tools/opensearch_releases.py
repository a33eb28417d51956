"""Releases of OpenSearch that ``tools/opensearch.py`` can start: what each consists of, fetched by Maven and checked.

A server is OpenSearch's own build without a JDK, as published for tests of other programs. That of 2.19 comes without
modules: the two that searchkit's indexes need are published by themselves, and are put where the server looks for them.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

ANY = 99  # a JDK's version, where every later one is as good


@dataclass(frozen=True, slots=True)
class Module:
    """A part of the server with a folder of its own: its class, the module it builds on, its files."""

    main: str
    extends: str
    files: tuple[str, ...]
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """A release: the JDKs it runs on (first and last version), and the SHA-256 of its files, named as Maven does."""

    version: str
    java: tuple[int, int]
    files: dict[str, str]
    modules: dict[str, Module] = field(default_factory=dict)


def _name_server(version: str) -> str:
    return f"org.opensearch.distribution.integ-test-zip:opensearch:{version}:zip"


_ASM = {  # what Painless makes classes with
    "asm": "adf46d5e34940bdf148ecdd26a9ee8eea94496a72034ff7141066b3eea5c4e9d",
    "asm-analysis": "7bc6bcbc21379948a0c8c467fb0f864206e5b818f6bc0b546872f5c9f941556f",
    "asm-commons": "389bc247958e049fc9a0408d398c92c6d370c18035120395d4cba1d9d9304b7a",
    "asm-tree": "62f4b3bc436045c1acb5c3ba2d8ec556ec3369093d7f5d06c747eb04b56d52b1",
    "asm-util": "37a6414d36641973f1af104937c95d6d921b2ddb4d612c66c5a9f2b13fc14211",
}
RELEASES = {release.version: release for release in (
    Release("3.8.0", (21, ANY), {
        _name_server("3.8.0"): "196c3cf4602c394f2e40e6174ccbf2a924eae37246f08fa6bbb6b75f9fd5ff1f"}),
    Release("2.19.6", (11, 23), {  # it wants Java's Security Manager, which 24 has no more
        _name_server("2.19.6"): "71d6d8b1c637f3faecda0752b184b1cc526fc6eaad59ec1408c6327bb00b9293",
        "org.opensearch.plugin:analysis-common:2.19.6:jar":
            "187378844d92a043b935038f9ae168f7812f686b1c1c7128f8b97731baff8a1a",
        "org.opensearch.plugin:lang-painless:2.19.6:jar":
            "e71e6c7ef99a6f5958cd0b25367acf472cc52cd49d29e13084c5ff0b5931f717",
        "org.opensearch.plugin:opensearch-scripting-painless-spi:2.19.6:jar":
            "84e545b968151739f1915cfd2db24bf873edfd317d2848b87b61d0d60ec70869",
        "org.antlr:antlr4-runtime:4.13.1:jar": "54665d2838cc66458343468efc539e454fc95b46a8a04b13c6ac43fc9be63505",
        **{f"org.ow2.asm:{name}:9.7:jar": digest for name, digest in _ASM.items()},
    }, {
        "analysis-common": Module("org.opensearch.analysis.common.CommonAnalysisPlugin", "lang-painless",
                                  ("analysis-common-2.19.6.jar",)),
        "lang-painless": Module("org.opensearch.painless.PainlessPlugin", "", (
            "lang-painless-2.19.6.jar", "opensearch-scripting-painless-spi-2.19.6.jar", "antlr4-runtime-4.13.1.jar",
            *(f"{name}-9.7.jar" for name in _ASM)), ("createClassLoader", "getClassLoader")),
    }),
)}
NEWEST = "3.8.0"


def find_release(name: str) -> Release:
    """The release of a version, or the one whose version begins so: 2.19."""
    for version, release in RELEASES.items():
        if f"{version}.".startswith(f"{name}."):
            return release
    sys.exit(f"no OpenSearch '{name}' is known here: there are {', '.join(RELEASES)}")


def fetch_server(folder: Path, release: Release) -> Path:
    """The server's folder, after it was fetched, checked and unpacked where it is not there."""
    home = folder / f"opensearch-{release.version}"
    if (home / ".ready").exists():
        return home
    if not shutil.which("mvn"):
        sys.exit("no Maven (mvn) here to fetch the server with; SEARCHKIT_OPENSEARCH_URL may name one that runs")
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    fetched = folder / f"fetched-{release.version}"
    fetch(fetched, release)
    with zipfile.ZipFile(fetched / f"opensearch-{release.version}.zip") as unpacked:
        unpacked.extractall(folder)
    for program in (home / "bin").iterdir():
        program.chmod(0o755)
    for name, module in release.modules.items():
        write_module(home / "modules" / name, module, release, fetched)
    shutil.rmtree(fetched)
    (home / ".ready").touch()
    return home


def fetch(folder: Path, release: Release) -> None:
    """Let Maven put the files of a release into a folder, and check them."""
    folder.mkdir(exist_ok=True)
    parts = [name.split(":") for name in release.files]
    wanted = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version>"
        f"<type>{kind}</type><exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>"
        "</exclusions></dependency>" for group, name, version, kind in parts)
    project = folder / "pom.xml"
    project.write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>searchkit'
        "</groupId><artifactId>opensearch-for-tests</artifactId><version>1</version><packaging>pom</packaging>"
        f"<dependencies>{wanted}</dependencies></project>", encoding="utf-8")
    asked = ["mvn", "-q", "-B", "-f", project, "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    ended = subprocess.run(asked, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    print(file=sys.stderr)  # Maven ends with signs for a terminal and no end of a line
    if ended.returncode:
        sys.exit(f"Maven could not fetch OpenSearch {release.version}")
    for (_, name, version, kind), digest in zip(parts, release.files.values(), strict=True):
        with (folder / f"{name}-{version}.{kind}").open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                sys.exit(f"{file.name} is not what it should be (SHA-256): remove it, and Maven's copy of it")


def write_module(place: Path, module: Module, release: Release, fetched: Path) -> None:
    """Put a module where the server looks for it."""
    place.mkdir(exist_ok=True)
    for name in module.files:
        shutil.copy(fetched / name, place / name)
    described = {"name": place.name, "description": place.name, "version": release.version, "classname": module.main,
                 "java.version": release.java[0], "opensearch.version": release.version,
                 "extended.plugins": module.extends}
    (place / "plugin-descriptor.properties").write_text(
        "".join(f"{key}={value}\n" for key, value in described.items()), encoding="utf-8")
    if module.permissions:
        granted = "".join(f'permission java.lang.RuntimePermission "{name}";\n' for name in module.permissions)
        (place / "plugin-security.policy").write_text(f"grant {{\n{granted}}};\n", encoding="utf-8")
