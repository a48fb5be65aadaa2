"""The HTTP API and its sessions, live updates, and the built page."""
