"""Replies: the document and its page as they go out; written once, as they never change."""

from functools import cache

from router.gateway.openapi.document import document
from router.gateway.openapi.page import page_of
from router.gateway.reply import Reply, json_reply

HTML = "text/html; charset=utf-8"
ALONE = "default-src 'none'; style-src 'unsafe-inline'"  # the page loads nothing


@cache
def document_reply() -> Reply:
    return json_reply(document())


@cache
def docs_reply() -> Reply:
    headers = {"content-security-policy": ALONE, "x-content-type-options": "nosniff"}
    return Reply(content_type=HTML, headers=headers, body=page_of(document()).encode())
