"""Other engines, installed into a folder of the benchmark's own and run on the same events."""
import os
import re
import shutil
import statistics
import subprocess
import sys
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = ["pysiddhi==5.1.0", "apache-flink-libraries==1.20.0"]
RESULT = re.compile(r"^result (\d+) (\d+) ([0-9.eE+-]+)$", re.M)


class Unavailable(Exception):
    """Why an engine cannot be measured here."""


def shell(command, folder):
    done = subprocess.run(command, cwd=folder, shell=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Unavailable(f"`{command}` ended with {done.returncode}: {done.stdout.strip()[-300:]}")
    return done.stdout


class Engines:
    """Each is installed when it is first asked for."""

    def __init__(self, folder, cpu):
        self.folder, self.cpu = os.path.abspath(folder), cpu
        os.makedirs(self.folder, exist_ok=True)
        self.missing = {}

    def speed(self, engine, workload, count):
        """Events in a second of CPU, the median of the passes after the warm-up; None where the engine cannot be had, with a word about it."""
        if engine in self.missing:
            return None
        try:
            command, warm = getattr(self, f"_{engine}")()
        except Unavailable as reason:
            self.missing[engine] = str(reason)
            print(f"{engine} is left out: {reason}", file=sys.stderr)
            return None
        name = workload.name.split("-")[0]
        pin = f"taskset -c {self.cpu} " if self.cpu is not None else ""
        output = shell(f"{pin}{command.format(name=name, events=workload.events, count=min(count, workload.count), folder=workload.folder)}", self.folder)
        results = RESULT.findall(output)[warm:]
        if not results:
            raise RuntimeError(f"{engine} said: {output[-500:]}")
        return statistics.median(int(n) / float(seconds) for n, _, seconds in results)

    def _bobocep(self):
        if not os.path.exists(f"{self.folder}/bobocep/bin/python"):
            venv.create(f"{self.folder}/bobocep", with_pip=True)
            shell("bobocep/bin/pip install -q bobocep==1.2.2", self.folder)
        return f"bobocep/bin/python {HERE}/bobocep_speed.py {{name}} {{events}} {{count}}", 0

    def _jars(self):
        if not shutil.which("javac"):
            raise Unavailable("there is no javac (Debian: openjdk-17-jdk-headless)")
        if not os.path.exists(f"{self.folder}/jars/ready"):
            shell(f"{sys.executable} -m pip download -q --no-deps -d packages {' '.join(PACKAGES)}", self.folder)
            shell("mkdir -p jars/siddhi jars/flink && unzip -q -o -j packages/PySiddhi-*.whl '*.jar' -d jars/siddhi && "
                  "tar xzf packages/apache-flink-libraries-*.tar.gz -C jars/flink --strip-components=3 --wildcards '*/deps/lib/*.jar'", self.folder)
            shell("touch jars/ready", self.folder)

    def _siddhi(self):
        self._jars()
        shell(f"mkdir -p classes/siddhi && javac -proc:none -nowarn -d classes/siddhi -cp 'jars/siddhi/*' {HERE}/Siddhi.java", self.folder)
        return "java -Xmx4g -cp 'classes/siddhi:jars/siddhi/*' Siddhi {name} {events} {count}", 1

    def _flink(self):
        self._jars()
        path = "jars/flink/*:" + ":".join(f"jars/siddhi/{jar}.jar" for jar in ("json-smart-2.3", "accessors-smart-1.2", "asm-5.0.4"))
        shell(f"mkdir -p classes/flink && javac -proc:none -nowarn -d classes/flink -cp '{path}' {HERE}/Flink.java", self.folder)
        opens = "--add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.util=ALL-UNNAMED"
        return f"java -Xmx4g {opens} -cp 'classes/flink:{path}' Flink {{name}} {{events}} {{count}}", 1

    def _core(self):
        """CORE's package is for Python 3.13: where the system's is another, a Debian trixie of its own has it."""
        if not os.path.exists(f"{self.folder}/trixie/ready"):
            if os.getuid() != 0 or not shutil.which("debootstrap", path=os.environ["PATH"] + ":/usr/sbin"):
                raise Unavailable("it needs Python 3.13: run as root with debootstrap, which makes one in a folder")
            mirror = shell("sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources | head -1", self.folder).strip() or "http://deb.debian.org/debian"
            shell(f"rm -rf trixie && PATH=$PATH:/usr/sbin debootstrap --variant=minbase --include=python3-venv trixie trixie {mirror}", self.folder)
            shell(f"{sys.executable} -m pip download -q --no-deps -d packages --python-version 3.13 --only-binary=:all: "
                  "--platform manylinux_2_34_x86_64 pycer==0.1.6 && cp packages/pycer-*.whl trixie/tmp/ && "
                  "chroot trixie sh -c 'python3 -m venv /env && /env/bin/pip install -q --no-index /tmp/pycer-*.whl' && touch trixie/ready", self.folder)
        shutil.copy(f"{HERE}/core_speed.py", f"{self.folder}/trixie/core_speed.py")
        return ("unshare --mount sh -c 'mount -t proc proc trixie/proc; mkdir -p trixie/work; mount --bind {folder} trixie/work; "
                "exec chroot trixie /env/bin/python /core_speed.py {name} /work/events.jsonl {count}'"), 0
