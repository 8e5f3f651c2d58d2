"""The kinds of faults, in the order in which they run."""

from faults.calls import Calls
from faults.kill import Kill

FAULTS = [Calls, Kill]
