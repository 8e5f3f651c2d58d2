"""File systems of some megabytes in files and in memory, mounted in folders of the harness."""

import ctypes
import fcntl
import os
import shutil
import struct
import subprocess
import tempfile

# _IOR('X', 125, __u32) of linux/ext4; NOLOGFLUSH: what the journal holds in memory is lost, as when power goes.
EXT4_IOC_SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, 2


def run(*words):
    """Runs a command of the system.

    Raises what it said when it fails.
    """
    answer = subprocess.run(words, capture_output=True, text=True)
    if answer.returncode != 0:
        raise OSError(f"{' '.join(words)}: {answer.stderr.strip()}")
    return answer.stdout.strip()


def lack():
    """Why this machine mounts nothing for us; `None` when it does."""
    if os.geteuid() != 0:
        return "mounting needs root"
    folder = tempfile.mkdtemp()
    try:
        mount_memory(folder, "1m")
        unmount(folder)
    except OSError as error:
        return str(error)
    finally:
        os.rmdir(folder)
    return None


def mount_memory(folder, size):
    run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder)


def make_image(path, size="256M"):
    """An ext4 file system in a file."""
    run("truncate", "-s", size, path)
    run("mkfs.ext4", "-q", "-F", path)


def mount_image(path, folder):
    run("mount", "-o", "loop", path, folder)


def unmount(folder):
    run("umount", folder)


def sync(folder):
    """Brings to the disk what stands in a file system (syncfs(2))."""
    descriptor = os.open(folder, os.O_RDONLY)
    ctypes.CDLL(None).syncfs(descriptor)
    os.close(descriptor)


def cut_power(folder):
    """Lets nothing more reach the disk below a folder, and forgets what had not reached it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
    finally:
        os.close(descriptor)


def lack_of_images():
    """Why no ext4 image can be mounted and shut down here; `None` when it can."""
    if reason := lack():
        return reason
    if not shutil.which("mkfs.ext4"):
        return "mkfs.ext4 is missing (Debian package e2fsprogs)"
    scratch = tempfile.mkdtemp()
    os.makedirs(scratch + "/folder")
    try:
        make_image(scratch + "/image", "8M")
        mount_image(scratch + "/image", scratch + "/folder")
        try:
            cut_power(scratch + "/folder")
        finally:
            unmount(scratch + "/folder")
    except OSError as error:
        return f"no power cuts on a loop device: {error}"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return None
