"""Strikes a server that runs on loopback in the ways that wear servers out, and holds what it takes in memory to a bound:
many connections at once, clients that send a byte at a time, bodies of a gigabyte, HTTP/2 streams that are reset as fast as
they are opened, and in the end SIGTERM in the middle of a request. Every loop is bounded.

    storm.py ADDRESS PROCESS [CONNECTIONS [SLOW [MEGABYTES [RESETS]]]]
"""
import os
import resource
import select
import signal
import socket
import sys
import time
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.exceptions

PLACE = urlsplit(sys.argv[1])
PROCESS = int(sys.argv[2])
CONNECTIONS, SLOW, MEGABYTES, RESETS = (
    int(sys.argv[at]) if len(sys.argv) > at else usual for at, usual in ((3, 10_000), (4, 500), (5, 1_024), (6, 20_000))
)
# MiB that the server may grow by, whatever is done to it.
MOST_MEMORY = 96
# Seconds until whoever is too slow has to be gone; the server cuts them off after ten.
PATIENCE = 40
HELD_BACK = 64
HOST = f"Host: {PLACE.netloc}\r\n"


def memory(which):
    with open(f"/proc/{PROCESS}/status", encoding="ascii") as about:
        line = next(line for line in about if line.startswith(which))
    return int(line.split()[1]) // 1024


def connect():
    return socket.create_connection((PLACE.hostname, PLACE.port), timeout=20)


def answers():
    """Whether somebody else is answered, who tries for as long as those who hold connections are patient."""
    for _ in range(PATIENCE):
        try:
            with connect() as other:
                other.sendall(f"GET /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode())
                if other.recv(64).startswith(b"HTTP/1.1 200"):
                    return True
        except OSError:
            pass
        time.sleep(1)
    return False


def grown(what):
    more = memory("VmHWM") - START
    assert more < MOST_MEMORY, f"{what}: {more} MiB more than at the start"
    return f"{more} MiB more than the {START} at the start, at most"


def many_connections():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    wanted = min(CONNECTIONS, hard - HELD_BACK)
    if wanted < CONNECTIONS:
        print(f"only {wanted} of {CONNECTIONS} connections: this process may open no more files")
    poll, open_ones, answered, refused = select.epoll(), {}, 0, 0
    for _ in range(wanted):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex((PLACE.hostname, PLACE.port))
        open_ones[one.fileno()] = one
        poll.register(one, select.EPOLLOUT)
    asked = f"GET /v1/stats HTTP/1.1\r\n{HOST}\r\n".encode()
    until = time.monotonic() + PATIENCE
    waiting = set(open_ones)
    while waiting and time.monotonic() < until:
        for at, event in poll.poll(1):
            one = open_ones[at]
            try:
                if event & select.EPOLLOUT:
                    one.send(asked)
                    poll.modify(at, select.EPOLLIN)
                    continue
                first = one.recv(65_536)
            except OSError:
                first = b""
            answered += first.startswith(b"HTTP/1.1 200")
            refused += not first
            poll.unregister(at)
            waiting.discard(at)
    said = grown(f"{wanted} connections")
    for one in open_ones.values():
        one.close()
    assert not waiting, f"{len(waiting)} of {wanted} connections were neither answered nor refused"
    assert answered and answered + refused == wanted, f"{answered} answered, {refused} refused, of {wanted}"
    assert answers(), "nobody is answered after the connections"
    print(f"{wanted} connections at once: {answered} answered, {refused} refused; {said}")


def slow_clients():
    slow = [connect() for _ in range(SLOW)]
    for one in slow:
        one.settimeout(0.001)
    head = f"GET /healthz HTTP/1.1\r\n{HOST}X-Slow: {'a' * 4096}".encode()
    closed, sent, until = 0, 0, time.monotonic() + PATIENCE
    first = True
    while slow and sent < len(head) and time.monotonic() < until:
        left = []
        for one in slow:
            try:
                one.send(head[sent:sent + 1])
                if not one.recv(1):
                    raise ConnectionResetError
                left.append(one)
            except TimeoutError:
                left.append(one)
            except OSError:
                closed += 1
                one.close()
        slow, sent = left, sent + 1
        if first:
            assert answers(), "somebody else is not answered beside slow clients"
            first = False
        time.sleep(0.2)
    assert not slow, f"{len(slow)} of {SLOW} slow clients are still let be"
    print(f"{SLOW} slow clients: all cut off, others answered meanwhile; {grown('slow clients')}")


def large_bodies():
    start = f"POST /v1/classify HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n"
    told = connect()
    told.sendall(f"{start}Content-Length: {MEGABYTES << 20}\r\n\r\n".encode())
    assert told.recv(64).startswith(b"HTTP/1.1 413"), "a large body that is announced is not refused"
    untold = connect()
    untold.sendall(f"{start}Transfer-Encoding: chunked\r\n\r\n".encode())
    chunk, taken = b"100000\r\n" + b" " * (1 << 20) + b"\r\n", 0
    try:
        for taken in range(MEGABYTES):
            untold.sendall(chunk)
    except OSError:
        pass
    assert taken < 64, f"{taken} MiB of a body were taken"
    print(f"a body of {MEGABYTES} MiB: refused where announced, cut off after {taken} where not; {grown('a body')}")


def rapid_resets():
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    stream = connect()
    connection.initiate_connection()
    headers = [(":method", "GET"), (":path", "/v1/stats"), (":scheme", "http"), (":authority", PLACE.netloc)]
    sent = 0
    try:
        for sent in range(RESETS):
            connection.send_headers(2 * sent + 1, headers, end_stream=True)
            connection.reset_stream(2 * sent + 1)
            stream.sendall(connection.data_to_send())
        ended = False
    except (OSError, h2.exceptions.ProtocolError):
        ended = True
    assert ended, f"{RESETS} HTTP/2 streams were opened and reset, and the connection was let be"
    assert answers(), "nobody is answered after the resets"
    print(f"HTTP/2 streams opened and reset: the connection was closed after {sent}; {grown('resets')}")


def stop_in_mid_request():
    body = b'{"tools":[{"name":"wipe_disk","description":"Wipes a disk for good."}]}'
    half = connect()
    head = f"POST /v1/classify HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    half.sendall(head.encode() + body[:20])
    time.sleep(0.5)
    os.kill(PROCESS, signal.SIGTERM)
    time.sleep(2)
    try:
        connect().close()
        let_in = True
    except OSError:
        let_in = False
    assert not let_in, "somebody new is let in after SIGTERM"
    half.sendall(body[20:])
    said = half.recv(65_536)
    assert said.startswith(b"HTTP/1.1 200"), f"what was being asked was not answered: {said[:64]}"
    print("SIGTERM in mid-request: nobody new was let in, what was being asked was answered")


assert answers(), "nobody is answered at the start"
with connect() as warm:
    warm.sendall(f"GET /v1/stats HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode())
    warm.recv(64)
START = memory("VmHWM")
many_connections()
slow_clients()
large_bodies()
rapid_resets()
stop_in_mid_request()
