"""The token with which senders come in over HTTP."""

from __future__ import annotations

from fastapi import HTTPException, Request

from limes.watch.ingest import fits


def bearer(request: Request, authorization: str) -> None:
    """Refuse a sender (401) that does not say the ingest token; where none was set nobody comes in."""
    token = request.app.state.ingest_token
    scheme, _, said = authorization.partition(" ")
    if token is None or scheme != "Bearer" or not fits(token, said):
        raise HTTPException(401, "send the ingest token: Authorization: Bearer TOKEN")
