"""Readers of survey files, one short module for each family of formats."""
