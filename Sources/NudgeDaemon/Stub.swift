import Logging
import CoreMetrics
import ServiceLifecycle
import UnixSignals
