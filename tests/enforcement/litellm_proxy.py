"""Starts LiteLLM's proxy with an emitted policy and calls through it: one call must arrive, one must not."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import yaml

KEY = "sk-enforcement-on-loopback"
ALLOWED, REFUSED = "list_folder", "purge_folder"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def configuration(policy, tools):
    """The emitted document as it is, and beside it what starts the server."""
    config = yaml.safe_load(Path(policy).read_text(encoding="utf-8"))
    (server,) = config["mcp_servers"].values()
    here = Path(__file__).resolve().parent
    server |= {
        "transport": "stdio",
        "command": sys.executable,
        "args": [str(here / "cabinet_server.py"), str(Path(tools).resolve())],
    }
    return config


def wait_until_alive(port, process):
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"the proxy ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness", timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    sys.exit("the proxy did not come up")


class Session:
    """The few messages of MCP over streamable HTTP that a client needs to list and call."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/mcp/"
        self.headers = {
            "Authorization": f"Bearer {KEY}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        }
        self.number = 0
        client = {"name": "enforcement", "version": "1"}
        self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client})
        self.post({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def post(self, message):
        request = urllib.request.Request(self.url, json.dumps(message).encode(), self.headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            if session := response.headers.get("mcp-session-id"):
                self.headers["mcp-session-id"] = session
            return response.read().decode()

    def ask(self, method, params):
        """The answer to one request: its result, or its error."""
        self.number += 1
        text = self.post({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        lines = [line.removeprefix("data:") for line in text.splitlines() if line.startswith("data:")] or [text]
        answers = [json.loads(line) for line in lines if line.strip()]
        (answer,) = [answer for answer in answers if answer.get("id") == self.number]
        return answer.get("result"), answer.get("error")

    def arrives(self, name):
        """Whether a call reaches the server."""
        result, error = self.ask("tools/call", {"name": name, "arguments": {"folder": "papers"}})
        print(f"  {name}: {json.dumps(error or result)[:160]}")
        return "cabinet ran" in json.dumps(result)


def check(port):
    session = Session(port)
    listed = sorted(tool["name"] for tool in session.ask("tools/list", {})[0]["tools"])
    print(f"  listed: {', '.join(listed)}")
    allowed = session.arrives(f"cabinet-{ALLOWED}")
    refused = not session.arrives(f"cabinet-{REFUSED}")
    print(f"{ALLOWED} is let through: {allowed}; {REFUSED} is refused: {refused}")
    return f"cabinet-{ALLOWED}" in listed and f"cabinet-{REFUSED}" not in listed and allowed and refused


def main():
    policy, tools = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(json.dumps(configuration(policy, tools)), encoding="utf-8")
        port = free_port()
        environment = os.environ | {
            "LITELLM_MASTER_KEY": KEY,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_ENABLE_MCP_STDIO": "true",
        }
        litellm = Path(sys.executable).parent / "litellm"
        command = [litellm, "--config", path, "--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"]
        log = open(Path(policy).with_name("proxy.log"), "w", encoding="utf-8")
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_alive(port, process)
            enforced = check(port)
        finally:
            process.terminate()
            process.wait(timeout=30)
    if not enforced:
        sys.exit("the gateway did not do what the policy says")


main()
