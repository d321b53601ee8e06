"""Names the platform of the program in the wheel's file name: MCPDEX_WHEEL_PLATFORM, else that of this machine."""

import os
import sysconfig

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PlatformTag(BuildHookInterface):
    def initialize(self, version, build_data):
        here = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{os.environ.get('MCPDEX_WHEEL_PLATFORM', here)}"
