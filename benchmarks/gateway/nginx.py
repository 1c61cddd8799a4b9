"""nginx: one process with a config of its own, in a folder of its own."""

import shutil
import subprocess
from pathlib import Path

from gateway.contender import Launch

# A package manager puts it where only root's PATH looks.
BINARY = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or ""

# Nothing is written outside of the folder, and nothing at all for a request. One process without a
# master needs no second user, and is what its memory is counted of.
CONFIG = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/bodies;
  proxy_temp_path {folder}/proxied;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{http}
}}
"""


def launch(folder: Path, http: str) -> Launch:
    """Write a config with this in its `http` block, and return how it is served."""
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, http=http))
    return Launch([BINARY, "-p", str(folder), "-e", "stderr", "-c", str(config)])


def version() -> str:
    said = subprocess.run([BINARY, "-v"], check=True, capture_output=True, text=True)
    return said.stderr.strip().rpartition("/")[2]
