"""Finds what is wrong with a device, and says which command mends it."""
