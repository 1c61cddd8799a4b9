"""Painter: a server on loopback that shows pictures while it paints, as OpenAI's does."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from router.testing import picture_answer, stream_event

PATIENCE = 30.0  # seconds until a painter goes on unasked

BREAK = object()
"""A piece at which the connection breaks off."""


class Painter:
    """Answers each request with the same pieces: bytes, an Event to wait for, or BREAK.

    A request that asks for no stream has its picture at once. `asked` are the bodies.
    """

    def __init__(self, *pieces):
        self.asked = []
        self._server = _Server(("127.0.0.1", 0), _handler(self, pieces))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def config(self):
        """Return a config of this server alone."""
        port = self._server.server_address[1]
        return (
            "provider: openai\n"
            f"custom_host: http://127.0.0.1:{port}/v1\n"
            "api_key: sk-painter\n"
            "override_params: {model: gpt-image-2}\n"
        )

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *about):
        """Say nothing where a caller left before the end, as one does who has heard enough."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*about)


def _handler(painter, pieces):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            painter.asked.append(body)
            if b"stream" in body:
                self._stream()
            else:
                self._whole(picture_answer().body)

        def _whole(self, body):
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self):
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for piece in pieces:
                if piece is BREAK:
                    self.close_connection = True
                    return
                if isinstance(piece, threading.Event):
                    piece.wait(PATIENCE)
                else:
                    self._chunk(piece)
            self._chunk(b"")

        def _chunk(self, content):
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            self.wfile.flush()

        def log_message(self, *_):
            pass

    return Handler


def partial(index, operation="image_generation"):
    """Return the event of a partial picture."""
    return stream_event(f"{operation}.partial_image", index + 1, partial_image_index=index)


def completed(operation="image_generation"):
    """Return the event of the finished picture."""
    usage = {"input_tokens": 4, "output_tokens": 6, "total_tokens": 10}
    return stream_event(f"{operation}.completed", usage=usage)


def refused(message):
    """Return the event of an error."""
    error = {"type": "server_error", "code": "server_error", "message": message}
    return f"event: error\ndata: {json.dumps({'type': 'error', 'error': error})}\n\n".encode()
