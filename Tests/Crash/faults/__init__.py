"""The kinds of faults, in the order in which they run."""

from faults.calls import Calls
from faults.clock import Clock
from faults.disk import FullDisk, ReadOnly
from faults.errors import Errors
from faults.kill import Kill
from faults.limits import Descriptors, Memory
from faults.naive import Naive
from faults.power import Power
from faults.rot import Rot

FAULTS = [Calls, Kill, Power, Errors, FullDisk, ReadOnly, Descriptors, Memory, Rot, Clock, Naive]
