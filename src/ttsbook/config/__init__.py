"""Settings from flags, environment, files and presets; strict, with the origin of every value."""

from ttsbook.config.load import Config, Source, load_config
from ttsbook.config.schema import PRESETS, RULES, Pauses, Settings

__all__ = ["PRESETS", "RULES", "Config", "Pauses", "Settings", "Source", "load_config"]
