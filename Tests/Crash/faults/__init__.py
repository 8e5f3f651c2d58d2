"""The kinds of faults, in the order in which they run."""

from faults.kill import Kill

FAULTS = [Kill]
