"""Can they get through: timely detection, worst path over terrain, response, and the measures and games around them."""
