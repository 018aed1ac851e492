#!/bin/sh
# The steps of the container, one word each; the Dockerfile runs them and nothing else, and so does deploy/alone.sh.
#
#   steps.sh build SOURCE TARGET    install the program of a source tree, which may be read-only, into the new folder TARGET
#   steps.sh user                   make the user that runs it, and its library's folder
#   steps.sh try TARGET LIBRARY     as that user: ingest, verify, ask, back up, restore, serve; writes LIBRARY and temporary files alone
#   steps.sh health                 whether the server of this machine is alive
#
# TORCH_INDEX names the package index of torch's CPU builds, where pip's own does not have them. Where the torch that comes is
# not one, the step fails, unless ANY_TORCH=1 says that a larger one will do.
set -eu

user_id=10001
port=${INQUOTE_PORT:-7860}

fail() {
    echo "$*" >&2
    exit 1
}

build() {
    source=$1 target=$2
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    # setuptools writes beside what it builds.
    (cd "$source" && tar --exclude=./.git --exclude=./.venv --exclude=./build --exclude=./tests -cf - .) | tar -C "$copy" -xf -
    python3 -m venv "$target"
    pip="$target/bin/pip --disable-pip-version-check --no-cache-dir"
    torch=$(sed -n 's/^ *"\(torch==[^"]*\)".*/\1/p' "$copy/pyproject.toml")
    if [ -n "${TORCH_INDEX:-}" ]; then
        $pip install --quiet --index-url "$TORCH_INDEX" "$torch"
    else
        $pip install --quiet "$torch"
    fi
    $pip install --quiet "$copy"
    if [ "${ANY_TORCH:-}" != 1 ]; then
        "$target/bin/python" -c 'import sys, torch; sys.exit(torch.version.cuda is not None)' ||
            fail "The torch that was installed is no CPU build; name its index with TORCH_INDEX, or set ANY_TORCH=1."
    fi
    # Nothing is compiled later, for nothing can be written then.
    "$target/bin/python" -m compileall -q "$target/lib" >/dev/null || true
    "$target/bin/inquote" --version
}

user() {
    groupadd --gid "$user_id" inquote
    useradd --uid "$user_id" --gid "$user_id" --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin inquote
    mkdir -p /library
    chown "$user_id:$user_id" /library
    chmod 700 /library
}

alive() {
    python3 - "$port" <<'PYTHON'
import sys
import urllib.request

with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/healthz", timeout=5) as reply:
    sys.exit(reply.status != 200)
PYTHON
}

try() {
    target=$1 library=$2
    PATH=$target/bin:$PATH
    if touch "$target/written" 2>/dev/null; then
        fail "The program's folder can be written; it is to be tried where it cannot."
    fi
    work=$(mktemp -d)
    server=
    trap 'test -z "$server" || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
    corpus=$(python3 -c 'import pathlib, inquote.app as app; print(pathlib.Path(app.__file__).parents[1] / "corpus")')
    inquote ingest "$corpus" --library "$library" || [ $? -eq 3 ]  # 3: a file was skipped, which was said
    inquote verify --library "$library"
    inquote ask --library "$library" "What is IMLYGIC?"
    inquote backup "$work/backup" --library "$library"
    inquote restore "$work/backup" --library "$work/restored"
    inquote chat --library "$library" --port "$port" --no-browser --no-auth &
    server=$!
    for _ in $(seq 300); do
        if alive 2>/dev/null; then
            kill "$server"
            wait "$server" || fail "The server did not end as it should."
            server=
            echo "all steps done as $(id -un)"
            return
        fi
        kill -0 "$server" || fail "The server ended by itself."
        sleep 1
    done
    fail "The server is not alive after five minutes."
}

step=${1:-}
[ $# -eq 0 ] || shift
case $step in
    build) build "$@" ;;
    user) user ;;
    try) try "$@" ;;
    health) alive ;;
    *) fail "usage: steps.sh build SOURCE TARGET | user | try TARGET LIBRARY | health" ;;
esac
