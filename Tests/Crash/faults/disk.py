"""A disk that is full for a while, and one that turns read only, both under load."""

import contextlib
import errno
import os
import time

import disks
import people
from faults.fault import OnImage
from faults.scarcity import PATIENCE_SECONDS, Scarcity

FILLER = "filler"
DISK = "24m"
# What is left of it when it is full.
ROOM_BYTES = 65_536


class FullDisk(Scarcity):
    name = "disk-full"
    title = "a full disk"

    def mount(self, scratch, folder):
        disks.mount_memory(folder, DISK)
        return folder

    def unmount(self, scratch):
        disks.unmount(os.path.join(scratch, "folder"))

    def begin(self, stage):
        """Takes all room but some kilobytes, while others take it too."""
        with open(stage.place.path(FILLER), "wb") as file:
            while True:
                room = os.statvfs(stage.place.folder)
                try:
                    return os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - ROOM_BYTES))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def end(self, stage):
        os.unlink(stage.place.path(FILLER))

    def meanwhile(self, stage, random):
        for sender in stage.crowd.senders:
            sender.refusals.clear()
        super().meanwhile(stage, random)
        statuses = {status for sender in stage.crowd.senders for status in sender.refusals}
        stage.judge.expect(stage.daemon.has_ended or 507 in statuses, f"a full disk was answered {statuses or 'nothing'}, and not 507")
        stage.judge.expect(statuses <= {503, 507}, f"a full disk was answered {statuses}")


class ReadOnly(OnImage, Scarcity):
    name = "read-only"
    title = "a disk that turns read only"
    # A sync under way may answer that all is well (below): what it settled is sent again.
    doubtful_settles = 1
    cycles_a_round = 1

    def begin(self, stage):
        """What ext4 does by itself at an error of its own (`errors=remount-ro`).

        A sync that is under way then may answer that all is well (faults/power.py), so answers from here on are doubtful.
        """
        sure = {sender: len(sender.acknowledged) for sender in stage.crowd.senders}
        disks.run("mount", "-o", "remount,abort", stage.place.folder)
        self.sure = sure

    def meanwhile(self, stage, random):
        """It ends, or it answers that it takes nothing; it does not hang."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not stage.daemon.has_ended and time.monotonic() < end:
            with contextlib.suppress(OSError, people.Refused):
                line = stage.daemon.line(timeout=PATIENCE_SECONDS)
                stage.crowd.senders[0].send_one(line)
                stage.judge.violations.append("an event was taken on a disk that is read only")
            time.sleep(0.1)

    def end(self, stage):
        """The disk is checked and mounted again, for which whoever uses it must go."""
        if not self.has_ended(stage):
            self.expect_answers(stage)
            stage.counts["endured until killed"] = 1
            stage.daemon.kill()
        for sender, count in self.sure.items():
            del sender.acknowledged[count:]
        folder = stage.place.folder
        disks.unmount(folder)
        disks.mount_image(os.path.join(os.path.dirname(folder), "image"), folder)
        stage.judge.cuts_power = True
        stage.judge.after_fault()
        stage.start()


    @staticmethod
    def expect_answers(stage):
        try:
            status, _ = stage.daemon.line(timeout=PATIENCE_SECONDS).ask("GET", "/healthz")
        except OSError as error:
            status = error
        stage.judge.expect(status == 503, f"it lives on with a dead disk, and /healthz says {status}: {stage.daemon.log[-300:]}")
