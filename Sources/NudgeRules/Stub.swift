import NudgeCore
import Yams
import Mustache
