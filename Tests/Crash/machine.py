"""What this machine lets the harness do."""

import os
import platform


class Machine:
    def __init__(self):
        self.is_root = os.geteuid() == 0

    def __str__(self):
        return f"{os.cpu_count()} processors, Linux {platform.release()}, {'root' if self.is_root else 'not root'}"

    def folder(self, fault, scratch):
        """The folder of a round; a fault that needs a disk of its own gets one there."""
        folder = os.path.join(scratch, "folder")
        os.makedirs(folder)
        return fault.mount(scratch, folder) if hasattr(fault, "mount") else folder

    def release(self, fault, scratch):
        if hasattr(fault, "unmount"):
            fault.unmount(scratch)
