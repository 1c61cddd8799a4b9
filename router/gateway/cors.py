"""CORS: which pages in a browser may ask; none, unless the operator names their origins."""

from collections.abc import Awaitable, Mapping

from router.core.http import NO_HEADERS
from router.core.light_value import light_value
from router.gateway.arrival import Arrival
from router.gateway.openapi.headers import ANSWERED
from router.gateway.refusal import Refusal
from router.gateway.reply import Message, Reply, Send

ANY = "*"
EXPOSED = ", ".join(ANSWERED)
NOT_ALLOWED = "no page of this origin may ask here; the operator names origins in 'cors_origins'"
MAX_AGE = "600"  # seconds a browser remembers


@light_value
class Cors:
    """`origins` are allowed as they are written; `*` allows all."""

    origins: tuple[str, ...]

    def preflight(self, arrival: Arrival) -> Reply:
        """Answer what a browser asks before it asks. Raises Refusal."""
        allowed = self._headers(arrival)
        if not allowed:
            raise Refusal(403, NOT_ALLOWED)
        wanted = arrival.headers.get("access-control-request-headers", "")
        return Reply(
            status=204,
            headers={
                **allowed,
                "access-control-allow-methods": "GET, POST, OPTIONS",
                "access-control-allow-headers": wanted or "authorization, content-type",
                "access-control-max-age": MAX_AGE,
            },
        )

    def check(self, arrival: Arrival) -> None:
        """Refuse a page that may not ask. It could not read the answer, but it would be bought.

        A browser sends what a form can hold without asking before.
        """
        if "origin" in arrival.headers and not self._headers(arrival):
            raise Refusal(403, NOT_ALLOWED)

    def allowing(self, arrival: Arrival, send: Send) -> Send:
        """Return a `send` that adds to an answer that its page may read it."""
        allowed = self._headers(arrival)
        if not allowed:
            return send
        added = [(name.encode(), value.encode("latin-1")) for name, value in allowed.items()]

        def allowing(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            return send(message)

        return allowing

    def _headers(self, arrival: Arrival) -> Mapping[str, str]:
        origin = arrival.headers.get("origin")
        if origin is None or not self.origins:
            return NO_HEADERS
        if ANY not in self.origins and origin not in self.origins:
            return NO_HEADERS
        return {
            "access-control-allow-origin": origin if ANY not in self.origins else ANY,
            "access-control-expose-headers": EXPOSED,
            "vary": "origin",
        }
