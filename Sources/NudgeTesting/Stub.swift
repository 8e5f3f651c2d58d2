import NudgeCore
