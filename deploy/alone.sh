#!/bin/sh
# Run the steps of the container without one: in an empty environment, the program on a read-only file system, as another
# user. Needs root.
#
#   deploy/alone.sh [PLACE [PYTHON]]
#
# The program is installed in PLACE, by default a temporary folder; one that is there is used again. What it requires comes
# out of the environment of PYTHON, where that is of the same version as the python3 that runs the steps, and else over the
# network, as in a container; either way pip sees to it that nothing is missing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
system=/usr/local/bin:/usr/bin:/bin
user=inquote-trial
made_place= made_user=

finish() {
    [ -z "$made_user" ] || userdel "$user"
    [ -z "$made_place" ] || rm -rf "$made_place"
}
trap finish EXIT
trap 'exit 130' INT TERM

place=${1:-}
if [ -z "$place" ]; then
    made_place=$(mktemp -d /var/tmp/inquote-alone.XXXXXX)
    place=$made_place
fi
rm -rf "$place/library" "$place/temporary"
mkdir -p "$place/library" "$place/temporary"
chmod 755 "$place"

# Pip's own settings (indexes, certificates) are those of the machine; nothing else of its environment is.
settings=$(env | grep -E '^(PIP_|SSL_CERT|REQUESTS_CA|TORCH_INDEX=|ANY_TORCH=|https?_proxy=|HTTPS?_PROXY=)' || true)
version='import sys; print(*sys.version_info[:2])'
if [ ! -x "$place/inquote/bin/inquote" ]; then
    if [ -n "${2:-}" ] && [ "$("$2" -c "$version")" = "$(env -i PATH=$system python3 -c "$version")" ]; then
        env -i PATH=$system python3 -m venv --without-pip "$place/inquote"
        "$2" "$here/packages.py" "$here/../pyproject.toml" "$(echo "$place"/inquote/lib/python3*/site-packages)"
        settings='PIP_NO_INDEX=1 PIP_NO_BUILD_ISOLATION=0 ANY_TORCH=1'  # 0 means yes: there is none
    fi
    # shellcheck disable=SC2086
    env -i PATH=$system HOME=/nonexistent $settings sh "$here/steps.sh" build "$here/.." "$place/inquote"
fi
cp "$here/steps.sh" "$place/steps.sh"
if ! id "$user" >/dev/null 2>&1; then
    useradd --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"
    made_user=$user
fi
chown "$user" "$place/library" "$place/temporary"
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')

# The user has no home and no right of root's.
attempt='exec setpriv --reuid "$2" --regid "$2" --clear-groups --no-new-privs --inh-caps=-all \
    env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/nonexistent TMPDIR="$1/temporary" INQUOTE_PORT="$3" \
    sh "$1/steps.sh" try "$1/inquote" "$1/library"'
if unshare --mount --propagation private true 2>/dev/null; then
    # The root file system is read-only, but for the library and a folder for temporary files.
    unshare --mount --propagation private sh -eu -c '
        mount -o remount,bind,ro /
        mount --bind "$1" "$1"  # it may lie on another file system
        mount -o remount,bind,ro "$1"
        for folder in library temporary; do
            mount --bind "$1/$folder" "$1/$folder"
            mount -o remount,bind,rw "$1/$folder"
        done
        ! touch "$1/written" 2>/dev/null
        '"$attempt" trial "$place" "$user" "$port"
else
    echo "Nothing can be mounted here: the program is read-only to its user alone, not its whole file system." >&2
    sh -eu -c "$attempt" trial "$place" "$user" "$port"
fi
