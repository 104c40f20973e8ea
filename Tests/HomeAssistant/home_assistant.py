"""A real Home Assistant, without a screen, whose MQTT integration is connected to a broker on loopback, as a person leaves
it who has added that integration and configured nothing else. It runs in the Debian that `install` has made, in a mount
namespace of its own, and leaves neither a process nor a mount nor a file behind."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ENVIRONMENT = ["env", "-i", "HOME=/root", "LANG=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
# Mounted where Home Assistant, in its own root, finds them.
IN_ITS_OWN_ROOT = """
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --bind "$2" "$1/config"
root=$1
shift 2
exec chroot "$root" "$@"
"""
# What it says of itself at each start, whatever is connected.
OWN_WARNINGS = ("Skipping pip installation", "zlib_ng and isal")
RESTART = 100


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def signed_token(key, now):
    """A long-lived access token, as Home Assistant makes them: a JWT."""

    def part(value):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    text = part({"alg": "HS256", "typ": "JWT"}) + b"." + part({"iss": "test", "iat": now, "exp": now + 86400})
    return (text + b"." + part(hmac.digest(key.encode(), text, hashlib.sha256))).decode()


class HomeAssistant:
    def __init__(self, broker_port, automations):
        """automations: YAML, a list as `automation:` takes it."""
        self.root = subprocess.run([HERE + "/install"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        self.folder = tempfile.mkdtemp(prefix="home-assistant-")
        self.port = free_port()
        self.births = 0
        self.ended = False
        self.process = None
        self.configure(broker_port, automations)
        self.run()
        self.keeper = threading.Thread(target=self.keep, daemon=True)
        self.keeper.start()
        self.wait_for_birth()

    def configure(self, broker_port, automations):
        storage = self.folder + "/.storage"
        os.makedirs(storage)
        with open(self.folder + "/configuration.yaml", "w") as file:
            file.write(
                "homeassistant: {name: Test, time_zone: UTC, unit_system: metric}\n"
                f"http: {{server_host: 127.0.0.1, server_port: {self.port}}}\n"
                "logger: {default: warning, logs: {homeassistant.components.mqtt: info}}\n"
                "automation: !include automations.yaml\n"
                # Something that has no MQTT of its own, and what publishes it.
                "input_boolean: {holiday: {name: Holiday}}\n"
                "mqtt_statestream: {base_topic: homeassistant_states, include: {domains: [input_boolean]}}\n"
            )
        with open(self.folder + "/automations.yaml", "w") as file:
            file.write(automations)
        now = int(time.time())
        date = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(now))
        key = secrets.token_hex(64)
        self.token = signed_token(key, now)

        def store(name, version, minor, data):
            with open(f"{storage}/{name}", "w") as file:
                json.dump({"version": version, "minor_version": minor, "key": name, "data": data}, file)

        store("onboarding", 4, 1, {"done": ["user", "core_config", "analytics", "integration"]})
        # Else it looks for devices on every interface.
        store("core.network", 1, 1, {"configured_adapters": ["lo"]})
        entry = {
            "entry_id": "mqtt", "domain": "mqtt", "version": 2, "minor_version": 1, "title": "mqtt", "source": "user",
            "unique_id": None, "created_at": date, "modified_at": date, "options": {}, "subentries": [],
            "data": {"broker": "127.0.0.1", "port": broker_port}, "discovery_keys": {}, "disabled_by": None,
            "pref_disable_new_entities": False, "pref_disable_polling": False,
        }  # fmt: skip
        store("core.config_entries", 1, 5, {"entries": [entry]})
        owner = {
            "id": "owner", "name": "Owner", "group_ids": ["system-admin"], "is_owner": True, "is_active": True,
            "system_generated": False,
        }  # fmt: skip
        token = {
            "id": "test", "user_id": "owner", "client_id": None, "client_name": "test", "token": key, "jwt_key": key,
            "token_type": "long_lived_access_token", "created_at": date, "access_token_expiration": 86400,
        }  # fmt: skip
        store("auth", 1, 1, {"groups": [], "credentials": [], "users": [owner], "refresh_tokens": [token]})

    def run(self):
        self.output = open(self.folder + "/output", "ab")
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "unshare", "--mount", "sh", "-euc", IN_ITS_OWN_ROOT, "sh", self.root,
             self.folder, *ENVIRONMENT, "/ha/bin/hass", "--config", "/config", "--skip-pip", "--log-no-color"],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output,
        )  # fmt: skip

    def keep(self):
        """Where it restarts it ends, and says so by its exit status."""
        while self.process.wait() == RESTART and not self.ended:
            self.run()

    def log(self):
        with open(self.folder + "/output", errors="replace") as file:
            return file.read()

    def warnings(self):
        """What it warns of that is not its own."""
        return [
            line
            for line in self.log().splitlines()
            if (" WARNING " in line or " ERROR " in line) and not any(own in line for own in OWN_WARNINGS)
        ]

    def wait_for_birth(self, seconds=180):
        """Until it has subscribed, and has said on the broker that it is there, once more than before."""
        self.births += 1
        self.until(
            lambda: self.log().count("birth message sent") >= self.births or self.log().count("Birth message") >= self.births,
            "birth message", seconds,
        )  # fmt: skip

    def until(self, is_so, what, seconds=10):
        """Returns what is_so returns, once that is true, and after how many seconds."""
        begin = time.monotonic()
        while True:
            try:
                found = is_so()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                found = None
            if found:
                return found, time.monotonic() - begin
            if self.process.poll() not in (None, RESTART):
                raise AssertionError(f"Home Assistant has ended\n{self.log()}")
            if time.monotonic() - begin > seconds:
                raise AssertionError(f"waited {seconds} s for {what}\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def call(self, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}",
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def states(self, prefix=""):
        """By entity."""
        return {s["entity_id"]: s for s in self.call("states") if s["entity_id"].startswith(prefix)}

    def registered(self):
        """The entities that it remembers, by their unique identifiers."""
        with open(self.folder + "/.storage/core.entity_registry") as file:
            return {e["unique_id"] for e in json.load(file)["data"]["entities"]}

    def diagnostics(self):
        """What its MQTT integration knows of devices, entities and triggers."""
        return self.call("diagnostics/config_entry/mqtt")["data"]

    def restart(self):
        try:
            self.call("services/homeassistant/restart", {})
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        self.wait_for_birth()

    def stop(self):
        self.ended = True
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.keeper.join(5)
        shutil.rmtree(self.folder, ignore_errors=True)
