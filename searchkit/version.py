"""The version, where both the package and the build can read it without importing anything else."""

VERSION = "0.1.0"
