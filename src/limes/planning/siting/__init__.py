"""Choosing sites that see the most demand: quick answers, better ones, and a proven bound on any answer."""

from limes.planning.siting.cover import Cover, covered, merged, within
from limes.planning.siting.greedy import budget_greedy, greedy
from limes.planning.siting.solve import Siting, site
from limes.planning.siting.swap import restarted, swapped

__all__ = ["Cover", "Siting", "budget_greedy", "covered", "greedy", "merged", "restarted", "site", "swapped", "within"]
