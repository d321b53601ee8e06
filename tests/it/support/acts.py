"""Acts that a sandbox must refuse, tried for real: `drive BINARY SANDBOX...` tries each without a sandbox and in each
of the named ones and prints a JSON document; `serve WORLD` is the MCP server whose tools are named after what became of
each act. Run it inside namespaces of its own only. Acts for which there is no namespace are tried in a form that
changes nothing even where it is allowed. Numbers are those of x86-64."""
import ctypes, ctypes.util, errno, json, os, signal, socket, struct, subprocess, sys, tempfile, time

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
BAD = ctypes.c_void_p(1)  # An address at which nothing lies.
EVERYTHING = ctypes.c_long(0xFFFFFFFF)


class Failed(Exception):
    pass


def call(number, *arguments):
    plain = [ctypes.c_char_p(a.encode()) if isinstance(a, str) else a for a in arguments]
    plain = [ctypes.c_long(a) if isinstance(a, int) else a for a in plain]
    answer = LIBC.syscall(ctypes.c_long(number), *plain)
    if answer < 0:
        raise OSError(ctypes.get_errno(), "")
    return answer


def child_of(answer):
    """After a call that made a process: the new one ends at once."""
    if answer == 0:
        os._exit(0)
    os.waitpid(answer, 0)


def clone3():
    arguments = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, signal.SIGCHLD)
    child_of(call(435, arguments, 64))


def capabilities():
    sets = (ctypes.c_uint32 * 6)()
    call(125, (ctypes.c_uint32 * 2)(0x20080522, 0), sets)
    if not any(sets):
        raise PermissionError(errno.EPERM, "")


def reach(address, family):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(2)
        one.connect(address)


def acts(w):
    """Name and act. `w` is the world: paths outside of the walls, another process, what listens."""
    victim, out = w["victim"], w["folder"]
    at = lambda name: os.path.join(out, name)
    pidfd = lambda: call(434, victim, 0)
    return {
        "hold capabilities": capabilities,
        "set the host name": lambda: call(170, "nested", 6),
        "set the domain name": lambda: call(171, "nested", 6),
        "set the clock": lambda: call(227, 0, (ctypes.c_long * 2)(0, 2 * 10**9)),
        "set the time of day": lambda: call(164, BAD, 0),
        "adjust the clock": lambda: call(159, BAD),
        "adjust a clock": lambda: call(305, 0, BAD),
        "mount": lambda: call(165, "none", at("mount"), "tmpfs", 0, 0),
        "unmount": lambda: call(166, at("mounted"), 2),
        "clone a mount": lambda: call(428, -100, "/", 1),
        "open a file system": lambda: call(430, "tmpfs", 0),
        "move a mount": lambda: call(429, -1, "", -1, "", 0),
        "change a mount": lambda: call(442, -1, "", 0x1000, 0, 0),
        "pivot the root": lambda: call(155, ".", "."),
        "change the root": lambda: call(161, "/usr"),
        "make a user namespace": lambda: call(272, 0x10000000),
        "make a mount namespace": lambda: call(272, 0x20000),
        "enter a namespace": lambda: call(308, 0, 0),
        "clone into a namespace": lambda: child_of(call(56, 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)),
        "clone3 into a namespace": clone3,
        "trace a process": lambda: call(101, 0x4206, victim, 0, 0),
        "read a process's memory": lambda: call(310, victim, (ctypes.c_long * 2)(0, 0), 1, (ctypes.c_long * 2)(1, 1), 1, 0),
        "take a process's file": lambda: call(438, pidfd(), 0, 0),
        "signal a process": lambda: os.kill(victim, signal.SIGCONT),
        "signal a process by its handle": lambda: call(424, pidfd(), int(signal.SIGCONT), 0, 0),
        "signal everybody": lambda: os.kill(-w["group"], signal.SIGCONT),
        "set a process's priority": lambda: os.setpriority(os.PRIO_PROCESS, victim, 5),
        "set a process's affinity": lambda: os.sched_setaffinity(victim, {0}),
        "set a process's scheduler": lambda: os.sched_setscheduler(victim, os.SCHED_BATCH, os.sched_param(0)),
        "set a process's disk priority": lambda: call(251, 1, victim, 3 << 13),
        "set a process's limits": lambda: call(302, victim, 4, (ctypes.c_long * 2)(0, 0), 0),
        "open shared memory": lambda: call(29, w["key"], 0, 0),
        "open a semaphore": lambda: call(64, w["key"], 0, 0),
        "open a System V queue": lambda: call(68, w["key"], 0),
        "open a POSIX queue": lambda: call(240, w["queue"], os.O_RDONLY, 0, 0),
        "change a mode": lambda: os.chmod(at("file"), 0o640),
        "change a mode in the new way": lambda: call(452, -100, at("file"), 0o640, 0),
        "change an owner": lambda: os.chown(at("file"), os.getuid(), os.getgid()),
        "change a time": lambda: os.utime(at("file")),
        "set an attribute": lambda: os.setxattr(at("file"), "user.act", b"1"),
        "read an attribute": lambda: os.getxattr(at("marked"), "user.mark"),
        "remove an attribute": lambda: os.removexattr(at("marked"), "user.mark"),
        "read a file": lambda: open(at("file")).read(),
        "list a folder": lambda: os.listdir(out),
        "watch a folder": lambda: call(254, call(294, 0), out, 0x100),
        "write a file": lambda: open(at("file"), "a").close(),
        "make a file": lambda: open(at("made"), "w").close(),
        "make a folder": lambda: os.mkdir(at("made-folder")),
        "make a link": lambda: os.symlink("/", at("made-link")),
        "make a device": lambda: os.mknod(at("made-device"), 0o20600, 0),
        "make a pipe": lambda: os.mkfifo(at("made-pipe")),
        "cut a file": lambda: os.truncate(at("file"), 1),
        "rename a file": lambda: os.rename(at("renamed"), at("renamed")),
        "remove a file": lambda: os.unlink(at("doomed")),
        "connect to this machine": lambda: reach(("127.0.0.1", w["port"]), socket.AF_INET),
        "connect to an abstract socket": lambda: reach("\0" + w["abstract"], socket.AF_UNIX),
        "connect to a socket in a folder": lambda: reach(at("socket"), socket.AF_UNIX),
        "open a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close(),
        "type into a terminal": lambda: call(16, 0, 0x5412, BAD),
        "restart the machine": lambda: call(169, 0, 0, 0, 0),
        "watch the processor": lambda: call(298, BAD, 0, -1, -1, EVERYTHING),
        "load a program into the kernel": lambda: call(321, 0, BAD, 1 << 20),
        "use the kernel's keys": lambda: call(250, 9999, 0, 0, 0, 0),
        "add a key": lambda: call(248, BAD, BAD, 0, 0, 0),
        "handle page faults": lambda: call(323, EVERYTHING),
        "make a ring of calls": lambda: call(425, 0, BAD),
        "set a quota": lambda: call(179, 0xFF, 0, 0, 0),
        "make a handle of a file": lambda: call(303, -100, "/", BAD, BAD, 0),
    }


REFUSED = {errno.EPERM, errno.EACCES}
# What hides a thing instead of refusing it.
HIDDEN = {errno.ENOENT, errno.ESRCH, errno.ECONNREFUSED, errno.ENETUNREACH, errno.EROFS, errno.ENOSYS, errno.EOPNOTSUPP}


def try_all(world):
    """What became of each act: `done`, or the name of the error. Each in a process of its own."""
    found = {}
    for name, act in acts(world).items():
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                act()
                said = "done"
            except OSError as error:
                said = errno.errorcode.get(error.errno, str(error.errno))
            except BaseException as error:
                said = "broken " + repr(error)
            os.write(write, said.encode())
            os._exit(0)
        os.close(write)
        found[name] = os.read(read, 200).decode() or "died"
        os.close(read)
        os.waitpid(child, 0)
    return found


def serve(found):
    for line in sys.stdin:
        asked = json.loads(line)
        if "id" not in asked:
            continue
        if asked["method"] == "initialize":
            answer = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "k", "version": "1"}}
        else:
            answer = {"tools": [{"name": f"{name}: {said}", "inputSchema": {"type": "object"}} for name, said in found.items()]}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": answer}), flush=True)


class World:
    """What lies outside of the walls. Made anew for each run, since some acts use it up."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="acts-", dir="/var/tmp")
        at = lambda name: os.path.join(self.folder, name)
        for name in ("file", "marked", "renamed", "doomed"):
            open(at(name), "w").write("outside")
        os.mkdir(at("mount")), os.mkdir(at("mounted"))
        try:
            os.setxattr(at("marked"), "user.mark", b"1")
        except OSError:
            pass
        LIBC.mount(b"none", at("mounted").encode(), b"tmpfs", 0, None)
        self.abstract, self.key, self.queue = f"acts-{os.getpid()}", 0x6163 + os.getpid(), f"acts-{os.getpid()}"
        for number, arguments in ((29, (self.key, 4096, 0o1600)), (64, (self.key, 1, 0o1600)), (68, (self.key, 0o1600)), (240, (self.queue, 0o102, 0o600, 0))):
            try:
                call(number, *arguments)
            except OSError:
                pass
        self.listening = []
        for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, "\0" + self.abstract), (socket.AF_UNIX, at("socket"))):
            one = socket.socket(family)
            one.bind(address)
            one.listen(16)
            self.listening.append(one)
        self.victim = subprocess.Popen(["sleep", "600"], start_new_session=True)
        self.told = {"victim": self.victim.pid, "group": self.victim.pid, "folder": self.folder, "key": self.key, "queue": self.queue,
                     "abstract": self.abstract, "port": self.listening[0].getsockname()[1]}

    def close(self):
        self.victim.kill()
        self.victim.wait()
        LIBC.umount2(os.path.join(self.folder, "mounted").encode(), 2)
        LIBC.umount2(os.path.join(self.folder, "mount").encode(), 2)
        for one in self.listening:
            one.close()
        subprocess.run(["rm", "-rf", self.folder])


def listed(binary, sandbox, world, here):
    line = [binary, "probe", "--json", "--timeout", "60", "--run", "--run-sandbox", sandbox, "--",
            "/usr/bin/python3", os.path.join(here, "acts.py"), "serve", json.dumps(world.told)]
    ran = subprocess.run(line, capture_output=True, text=True, cwd="/", env={"PATH": "/usr/bin:/bin", "HOME": here, "TMPDIR": "/var/tmp"})
    try:
        tools = json.loads(ran.stdout)["tools"]
    except ValueError:
        tools = []
    return dict(tool["name"].rsplit(": ", 1) for tool in tools) or {"no list": ran.stdout[-600:] + ran.stderr[-600:]}


def drive(binary, sandboxes):
    here = os.path.dirname(os.path.abspath(__file__))
    # Numbers that no process in a namespace of its own has.
    for _ in range(400):
        os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
    subprocess.run(["ip", "link", "set", "lo", "up"], capture_output=True)
    found = {}
    for where in ["nowhere", *sandboxes]:
        world = World()
        found[where] = try_all(world.told) if where == "nowhere" else listed(binary, where, world, here)
        world.close()
    print(json.dumps(found))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(try_all(json.loads(sys.argv[2])))
    else:
        drive(sys.argv[2], sys.argv[3:])
