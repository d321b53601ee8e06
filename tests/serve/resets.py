"""Opens HTTP/2 streams and resets each at once, as fast as it can: the server closes the connection and answers others."""
import socket
import sys
import urllib.request
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events

place = urlsplit(sys.argv[1])
connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
stream = socket.create_connection((place.hostname, place.port), timeout=10)
connection.initiate_connection()
headers = [(":method", "GET"), (":path", "/v1/stats"), (":scheme", "http"), (":authority", place.netloc)]
sent = 0
try:
    for number in range(1, 40_001, 2):
        connection.send_headers(number, headers, end_stream=True)
        connection.reset_stream(number)
        stream.sendall(connection.data_to_send())
        sent += 1
    ended = "was not closed"
except (OSError, h2.exceptions.ProtocolError):
    ended = "was closed"
with urllib.request.urlopen(f"{sys.argv[1]}healthz", timeout=5) as answer:
    assert answer.status == 200
print(f"HTTP/2: after {sent} resets the connection {ended}, and others are answered")
