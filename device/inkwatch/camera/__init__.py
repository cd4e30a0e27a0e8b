"""Cameras: what gives views without end, in a process that can be dropped when it hangs."""
