"""The live watch: journal, pipeline, alerts, cases, store, audit and people."""
