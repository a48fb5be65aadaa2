"""Spectra of materials: read, checked, searched."""
