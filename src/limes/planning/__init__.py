"""What to put where: siting, and plans for a sector against a crosser who answers, each with a bound on any plan."""

from limes.planning.plan import Effort, Plan, evaluated, plan
from limes.planning.request import Request
from limes.planning.siting import Cover, Siting, site

__all__ = ["Cover", "Effort", "Plan", "Request", "Siting", "evaluated", "plan", "site"]
