"""Writes what is in the bundle as a bill of materials in the form CycloneDX."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class Component(Protocol):
    """A package of the bundle."""

    @property
    def name(self) -> str:
        """Its name on the package index."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def license(self) -> str:
        """Its license, as it says."""

    @property
    def sha256(self) -> str:
        """The hash of the wheel it was taken from."""


def bill_of_materials(version: str, packages: Iterable[Component], compilers: Mapping[str, str]) -> str:
    """The bill of materials, with the version of the Python that compiled each zip.

    It has no time and no serial number, so that two builds are the same.
    """
    components = [_component(package) for package in packages]
    tracker = {
        "type": "application",
        "bom-ref": "ci-failure-tracker",
        "name": "ci-failure-tracker",
        "version": version,
        "licenses": [{"license": {"id": "MIT"}}],
    }
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": tracker,
            "properties": [
                {"name": name, "value": f"compiled with CPython {python}"} for name, python in compilers.items()
            ],
        },
        "components": components,
        "dependencies": [{"ref": "ci-failure-tracker", "dependsOn": [one["bom-ref"] for one in components]}],
    }
    return json.dumps(bill, indent=2) + "\n"


def _component(package: Component) -> dict[str, Any]:
    address = f"pkg:pypi/{package.name}@{package.version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": package.name,
        "version": package.version,
        "purl": address,
        "hashes": [{"alg": "SHA-256", "content": package.sha256}],
        "licenses": [{"license": {"name": package.license or "see the folder licenses"}}],
    }
