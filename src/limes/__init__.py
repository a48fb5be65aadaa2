"""Limes: plan, watch and prove a guarded stretch of border."""

__version__ = "0.1.0"
