#!/usr/bin/env python3
"""A receiver of Mantlet's webhooks, to start a siren's own from. Python 3.8, nothing else.

    python3 docs/siren_receiver.py siren.key [PORT]

It checks the signature, refuses what is older than a minute, keeps the newest version of
each zone and prints what a siren would do.
"""

import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OLDEST_S = 60
KEY = open(sys.argv[1], "rb").read().rstrip(b"\r\n")
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8700
newest = {}


def is_signed(header, body):
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > OLDEST_S:
        return False
    wanted = hmac.new(KEY, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, parts.get("v1", ""))


class Siren(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not is_signed(self.headers.get("Mantlet-Signature", ""), body):
            return self.answer(401)
        message = json.loads(body)
        zone = message["zone_id"]
        # The same message may come twice, and an older one late.
        if message["version"] > newest.get(zone, 0):
            newest[zone] = message["version"]
            state = "SOUND" if message["shelter"] else "QUIET"
            exercise = "EXERCISE " if message["exercise"] else ""
            print(
                f"{exercise}{state} {message['zone_name']}: {message['action']}, "
                f"{message['seconds_left']:.0f} s left, {message['seconds_needed']:.0f} s needed",
                flush=True,
            )
        # Only now: a confirmed message does not come again.
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", PORT), Siren).serve_forever()
