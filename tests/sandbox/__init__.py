"""A local GitHub: a real HTTP server with the state of a repository, for the demo, tests and benchmarks."""

from sandbox.box import Sandbox
from sandbox.door import RequestRecord
from sandbox.faults import Fault
from sandbox.fields import ScenarioError
from sandbox.server import Server
from sandbox.site import Site
from sandbox.state import Issue, Label, Run

__all__ = ["Fault", "Issue", "Label", "RequestRecord", "Run", "Sandbox", "ScenarioError", "Server", "Site"]
