"""Mask: an account's own secrets are taken out of what its provider says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from router.core.events import Event
from router.core.http import HttpResponse
from router.core.outcome import Failure
from router.core.secret import Credentials

SHORTEST = 8  # characters; masking shorter secrets would only garble messages
LONGEST_WORDS = 262_144  # bytes; a longer answer without an error is pictures
STARS = "***"


@dataclass(frozen=True, slots=True, repr=False)
class Mask:
    """Replaces `secrets`, the longest first, as one may begin with another."""

    secrets: tuple[str, ...] = ()

    def text(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, STARS)
        return text

    def response(self, response: HttpResponse) -> HttpResponse:
        """Clean an answer before an adapter reads it: one that cut it might leave half a secret."""
        headers, body = self._headers(response.headers), response.body
        if response.status >= 400 or len(body) <= LONGEST_WORDS:
            body = self._bytes(body)
        if headers is response.headers and body is response.body:
            return response
        return HttpResponse(status=response.status, headers=headers, body=body)

    def event(self, event: Event) -> Event:
        """Clean an event, unless it is a picture alone."""
        if len(event.data) > LONGEST_WORDS and b'"error"' not in event.data:
            return event
        data = self._bytes(event.data)
        return event if data is event.data else replace(event, data=data)

    def failure(self, failure: Failure) -> Failure:
        """Clean what an adapter made of an answer."""
        said = (failure.message, failure.code, failure.type, failure.param, failure.request_id)
        if all(self._word(word) == word for word in said):
            return failure
        return replace(
            failure,
            message=self.text(failure.message),
            code=self._word(failure.code),
            type=self._word(failure.type),
            param=self._word(failure.param),
            request_id=self._word(failure.request_id),
        )

    def _word(self, word: str | None) -> str | None:
        return None if word is None else self.text(word)

    def _headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        values = "\n".join(headers.values())
        for secret in self.secrets:
            if secret in values:
                return {name: self.text(value) for name, value in headers.items()}
        return headers

    def _bytes(self, body: bytes) -> bytes:
        for secret in self.secrets:
            wanted = secret.encode("utf-8", "replace")
            if wanted in body:
                body = body.replace(wanted, STARS.encode())
        return body


NO_MASK = Mask()


def mask_of(credentials: Credentials | None) -> Mask:
    """Return the mask for an account."""
    if credentials is None:
        return NO_MASK
    held = (credentials.key, credentials.token, *credentials.headers.values())
    secrets = {one.reveal() for one in held if one is not None and len(one.reveal()) >= SHORTEST}
    return Mask(tuple(sorted(secrets, key=len, reverse=True)))
