"""Reading every output back from its own bytes before it is published."""
