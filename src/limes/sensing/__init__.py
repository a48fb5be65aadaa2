"""What a sensor sees: line of sight, sensor models, coverage."""
