"""What to put where: siting, and plans for a sector against a crosser who answers, each with a bound on any plan."""
