"""Lines of writing drawn on the fly, and the network that reads a line at once."""
