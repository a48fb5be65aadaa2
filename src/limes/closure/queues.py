"""Queues for checkpoint lanes and operators' desks: M/M/c, Erlang B and M/G/1.

Rates are per any one unit of time; the times that come out are in that unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from limes.errors import UsageError


@dataclass(frozen=True)
class Queue:
    """A queue in its steady state.

    `utilisation` of each server; chances that the system is empty and that an arrival must wait; mean numbers waiting and in
    the system; mean times waiting and in the system. `spare_rate` is servers x service rate - arrival rate.
    """

    utilisation: float
    p_empty: float
    p_wait: float
    waiting: float
    in_system: float
    wait: float
    time_in_system: float
    spare_rate: float

    def p_wait_over(self, limit: float) -> float:
        """P(an arrival waits longer than a limit): p_wait exp(-(c mu - lambda) t), for exponential service."""
        return self.p_wait * exp(-self.spare_rate * limit)


def erlang_b(offered: float, servers: int) -> float:
    """P(all servers are busy) where nobody waits: the recursion B = A B / (c + A B) (Erlang 1917).

    >>> round(erlang_b(10.0, 10), 4)
    0.2146
    """
    blocked = 1.0
    for c in range(1, servers + 1):
        blocked = offered * blocked / (c + offered * blocked)
    return blocked


def erlang_c(offered: float, servers: int) -> float:
    """P(an arrival must wait) with endless patience: c B / (c - A (1 - B)) (Erlang 1917); 1 when overloaded.

    >>> round(erlang_c(2 / 3, 2), 6)
    0.166667
    """
    if offered >= servers:
        return 1.0
    blocked = erlang_b(offered, servers)
    return servers * blocked / (servers - offered * (1.0 - blocked))


def mmc(arrival_rate: float, service_rate: float, servers: int = 1) -> Queue:
    """M/M/c queue with endless patience (Erlang 1917); UsageError when arrivals outrun the servers.

    >>> queue = mmc(24.0, 30.0)
    >>> round(queue.in_system, 6), round(queue.p_empty, 6), round(queue.time_in_system, 6)
    (4.0, 0.2, 0.166667)
    """
    offered = arrival_rate / service_rate
    if offered >= servers:
        raise UsageError(f"{arrival_rate:g} arrivals outrun {servers} x {service_rate:g}; add servers or shorten the service")
    p_wait = erlang_c(offered, servers)
    waiting = p_wait * offered / (servers - offered)
    term = total = 1.0
    for k in range(1, servers):
        term *= offered / k
        total += term
    term *= offered / servers
    p_empty = 1.0 / (total + term * servers / (servers - offered))
    wait = waiting / arrival_rate if arrival_rate else 0.0
    spare = servers * service_rate - arrival_rate
    return Queue(offered / servers, p_empty, p_wait, waiting, waiting + offered, wait, wait + 1.0 / service_rate, spare)


def mg1(arrival_rate: float, service_mean: float, service_sd: float) -> Queue:
    """M/G/1 queue: waiting = (rho^2 + lambda^2 sd^2) / (2 (1 - rho)) (Pollaczek 1930, Khinchine 1932).

    `p_wait_over` of the result is exact only for exponential service.

    >>> round(mg1(24.0, 1 / 30, 1 / 30).waiting, 6), round(mg1(24.0, 1 / 30, 0.0).waiting, 6)
    (3.2, 1.6)
    """
    rho = arrival_rate * service_mean
    if rho >= 1.0:
        raise UsageError(f"{arrival_rate:g} arrivals outrun a service of {service_mean:g}; shorten it")
    waiting = (rho**2 + (arrival_rate * service_sd) ** 2) / (2.0 * (1.0 - rho))
    wait = waiting / arrival_rate if arrival_rate else 0.0
    return Queue(rho, 1.0 - rho, rho, waiting, waiting + rho, wait, wait + service_mean, 1.0 / service_mean - arrival_rate)
