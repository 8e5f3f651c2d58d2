"""What kinds of faults have in common."""

import os

import disks


class Fault:
    is_naive = False

    def __init__(self, machine):
        self.machine = machine

    def missing(self):
        """What this machine lacks for it; None when it can be done."""
        return None


class OnImage:
    """The daemon's folder lies on an ext4 file system of its own."""

    def missing(self):
        return disks.lack_of_images()

    def mount(self, scratch, folder):
        disks.make_image(os.path.join(scratch, "image"))
        disks.mount_image(os.path.join(scratch, "image"), folder)
        return folder

    def unmount(self, scratch):
        disks.unmount(os.path.join(scratch, "folder"))
