"""nginx and Caddy before a server, with the very files of the guide and a certificate of their own.

Put in their place are the port, the address of the server and the certificate; at the root, the
folder is left out.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from places import ROOT

FOLDER = "/inquote"
NAMES = {"": "papers.example.org", FOLDER: "docs.example.org"}  # by the folder below them
FILES = {
    "nginx": ROOT / "docs/guide/proxy/nginx.conf",
    "caddy": ROOT / "docs/guide/proxy/Caddyfile",
}
NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
CADDY = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"


def require(*programs: str) -> None:
    """Skip the test where a program is missing, or fail if browser tests are insisted on."""
    for program in programs:
        if not shutil.which(program):
            how = f"no {program} here: `apt-get install nginx-light caddy openssl` brings it"
            if os.environ.get("INQUOTE_REQUIRE_BROWSER"):
                pytest.fail(how)
            pytest.skip(how)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def replaced(text: str, old: str, new: str) -> str:
    """Puts something in the place of what a file of the guide must hold."""
    assert old in text
    return text.replace(old, new)


def make_certificate(folder: Path) -> None:
    """Makes one for all names, if the folder has none."""
    if (folder / "cert.pem").exists():
        return
    name = NAMES[FOLDER]
    alternatives = ",".join(f"DNS:{each}" for each in NAMES.values())
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName={alternatives}"]
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    out = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(["openssl", "req", *kind, *subject, *out], check=True, capture_output=True)


def command_of(
    kind: str, port: int, upstream: str, path: str, folder: Path, keys: Path
) -> list[str]:
    """Writes the proxy's files into a folder and gives the command that starts it."""
    name = NAMES[path]
    text = replaced(FILES[kind].read_text("utf-8"), "127.0.0.1:7860", upstream)
    if kind == "nginx":
        text = replaced(text, f"server_name {NAMES[FOLDER]}", f"server_name {name}")
        text = replaced(text, "listen 443", f"listen 127.0.0.1:{port}")
        text = replaced(text, "/etc/ssl/certs/docs.example.org.pem", str(keys / "cert.pem"))
        text = replaced(text, "/etc/ssl/private/docs.example.org.key", str(keys / "key.pem"))
        text = text if path else replaced(text, "location /inquote/", "location /")
        (folder / "site.conf").write_text(text)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
        return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    tls = f"https://{name}:{port} {{\n\ttls {keys / 'cert.pem'} {keys / 'key.pem'}"
    text = replaced(text, f"{NAMES[FOLDER]} {{", tls)
    text = text if path else replaced(text, " /inquote*", "")
    (folder / "Caddyfile").write_text(CADDY + text)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@contextlib.contextmanager
def proxied(kind: str, port: int, upstream: str, path: str, folder: Path) -> Iterator[str]:
    """Runs a proxy and gives the public address of the server behind it.

    The proxy's files and the certificate, which others share, lie in the folder.
    """
    make_certificate(folder)
    keys, folder = folder, folder / f"{kind}-{port}"
    folder.mkdir()
    command = command_of(kind, port, upstream, path, folder, keys)
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=home)
    try:
        for _ in range(200):
            if process.poll() is not None:
                raise RuntimeError((folder / "log").read_text())
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"https://{NAMES[path]}:{port}{path}"
    finally:
        process.terminate()
        process.wait(20)
