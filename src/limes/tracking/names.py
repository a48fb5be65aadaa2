"""Public identities that outlive a replay: the number a thing was first published under stays its own."""

from __future__ import annotations

import numpy as np

from limes.columns import Status
from limes.tracking.state import IDENT, LATEST, PARTY, STATUS, State


class Names:
    """Which public number each track or group bears whose own number a replay has changed.

    A track's own number is that of the detection it was born of. When a late detection turns out to be an earlier one of the
    same thing, the track is born anew under another number, and takes over the public one.
    """

    def __init__(self, alias: dict[int, int] | None = None) -> None:
        self.alias = alias or {}

    def public(self, own: np.ndarray) -> np.ndarray:
        """Public numbers of own numbers, any shape of integers.

        >>> Names({362: 108}).public(np.array([4, 362])).tolist()
        [4, 108]
        """
        if not self.alias:
            return own
        out = own.copy()
        for k in np.flatnonzero(np.isin(own, list(self.alias))):
            out.flat[k] = self.alias[int(own.flat[k])]
        return out

    def of(self, state: State) -> np.ndarray:
        """The public number of each live track: its group's where it has one, else its own, (n,)."""
        whole = state.live().whole
        return self.public(np.where(whole[:, PARTY] > 0, whole[:, PARTY], whole[:, IDENT]))

    def follow(self, before: State, after: State) -> dict[int, int]:
        """After a replay, let what is new bear the public number of what it replaces; returns new number: number borne.

        A track replaces a vanished one whose last detection it now holds, a group one most of whose members' it holds.
        """
        whole = before.live().whole
        borne = {column: self.public(whole[:, column]) for column in (IDENT, PARTY)}
        live = set(after.live().whole[:, (IDENT, PARTY)].ravel().tolist())
        self.alias = {own: name for own, name in self.alias.items() if own in live and name not in live}
        renamed = self._match(before, borne[IDENT], after, IDENT) | self._match(before, borne[PARTY], after, PARTY)
        self.alias |= renamed
        return renamed

    def _match(self, before: State, borne: np.ndarray, after: State, column: int) -> dict[int, int]:
        old, new = before.live().whole, after.live().whole
        known = (old[:, STATUS] == Status.CONFIRMED) & (old[:, column] > 0)
        old, was, now = old[known], borne[known], self.public(new[:, column])
        vanished = {int(latest): int(name) for latest, name in zip(old[:, LATEST], was, strict=True) if name not in now}
        out: dict[int, int] = {}
        for own in np.unique(new[~np.isin(now, was), column]).tolist() if vanished else ():
            claims = [vanished[k] for k in new[new[:, column] == own, LATEST].tolist() if k in vanished]
            claims = [claim for claim in claims if claim not in out.values()]
            if own > 0 and claims:
                out[own] = max(sorted(set(claims)), key=claims.count)
        return out
