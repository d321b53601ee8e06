"""Kills mcpdex while a program of its runs, and looks what is left: `outlive.py BINARY SANDBOX GROUP|ALONE PROGRAM...`.
Prints a JSON list of the command lines that hold the marker, and of what lies in the temporary folder, once nothing
changes any more."""
import json, os, shutil, signal, subprocess, sys, tempfile, time

binary, sandbox, how, program = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4]
MARKER = "marker-outlive"
folder = tempfile.mkdtemp(dir="/var/tmp")


def left():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = open(f"/proc/{pid}/cmdline", "rb").read().replace(b"\0", b" ").decode(errors="replace")
            # The first processes of the sandbox have the program's words among their own.
            if MARKER in line and int(pid) != os.getpid():
                found.append(line)
        except OSError:
            pass
    return found


def is_program(line):
    return "run-confined" not in line and "bwrap" not in line and "probe" not in line


flag = ["--run-sandbox", sandbox] if sandbox != "none" else ["--run-unsandboxed"]
child = subprocess.Popen([binary, "probe", "--run", *flag, "--", "bash", "-c", program, MARKER], start_new_session=True,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                         env={"PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder})
began = time.time()
while len([line for line in left() if is_program(line) and "started" in line]) < 1 and time.time() - began < 30:
    time.sleep(0.05)
# What gets away does it now.
time.sleep(1)
seen = [line for line in left() if is_program(line)]
os.killpg(child.pid, signal.SIGKILL) if how == "group" else child.kill()
child.wait()
began = time.time()
while (left() or os.listdir(folder)) and time.time() - began < 10:
    time.sleep(0.05)
print(json.dumps({"seen": len(seen), "left": left(), "files": os.listdir(folder)}))
shutil.rmtree(folder, ignore_errors=True)
