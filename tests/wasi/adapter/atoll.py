"""Runs the tests of WebAssembly/wasi-testsuite for WASI 0.3 on `atoll component`: it serves those of the world
`wasi:http/service`, and runs those of the world `wasi:cli/command`.

Point the suite's runner at this file; `ATOLL` names the command, `atoll` when it is not set:

    ATOLL=target/debug/atoll python3 wasi-testsuite/test-runner/wasi_test_runner.py \\
        -r tests/wasi/adapter/atoll.py -t wasi-testsuite/tests/rust/testsuite/wasm32-wasip3

There are no folders, no sockets and no standard input behind `atoll component`: tests that need one fail.
"""
import os
import shlex
import subprocess
from typing import Dict, List, Optional, Tuple

ATOLL = shlex.split(os.getenv("ATOLL", "atoll"), posix=os.name != "nt")

# Servers of a test, which the runner starts on this machine, are named by variables of this prefix.
SERVER_PREFIX = "HTTP_SERVER_"


def get_name() -> str:
    return "atoll"


def get_version() -> str:
    result = subprocess.run(ATOLL[0:1] + ["--version"], encoding="UTF-8", capture_output=True, check=True)
    return result.stdout.split()[1]


def get_wasi_versions() -> List[str]:
    return ["wasm32-wasip3"]


def get_wasi_worlds() -> List[str]:
    return ["wasi:cli/command", "wasi:http/service"]


def get_timeout_seconds() -> float:
    # A component is compiled before it is served or run.
    return float(os.getenv("ATOLL_TIMEOUT", "30"))


def compute_argv(test_path: str,
                 args_env_root: Tuple[List[str], Dict[str, str], Optional[str]],
                 proposals: List[str],
                 wasi_world: str,
                 wasi_version: str) -> List[str]:
    args, env, _root = args_env_root
    argv = ATOLL + ["component", test_path, "--listen", "127.0.0.1:0"]
    for name, value in env.items():
        argv += ["--env", f"{name}={value}"]
        if name.startswith(SERVER_PREFIX):
            argv += ["--allow-http", f"http://{value}"]
    if args:
        argv += ["--"] + args
    return argv
