import NudgeCore
import CSimdjson
import CZlib
