"""Reverse proxy: nginx between client and upstream, the limit of what one process can pass on."""

from gateway import nginx
from gateway.contender import HOST, Launch, Place, Question
from gateway.floor import same_path

# The same three levels as everybody's: two servers by weight, one more when both are down. An
# answer of 2 MB stays in memory, as with everybody.
HTTP = """\
  upstream pictures {{
    server {host}:{upstream} weight=7;
    server {host}:{upstream} weight=3;
    server {host}:{upstream} backup;
    keepalive 128;
    keepalive_requests 1000000000;
  }}
  server {{
    listen {host}:{port};
    location / {{
      proxy_pass http://pictures;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffers 16 256k;
      proxy_busy_buffers_size 512k;
      proxy_max_temp_file_size 0;
    }}
  }}
"""


class ReverseProxy:
    name = "nginx"
    title = "nginx, reverse proxy"

    def obstacle(self) -> str:
        return ""

    def version(self) -> str:
        return nginx.version()

    def launch(self, place: Place) -> Launch:
        return nginx.launch(
            place.folder, HTTP.format(host=HOST, port=place.port, upstream=place.upstream)
        )

    def question(self, place: Place, size: str) -> Question:
        del place
        return same_path(size)
