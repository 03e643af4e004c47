#!/bin/sh
# Start AniVault as PUID:PGID with UMASK. `up` runs the watch and the page together; `healthy` tells whether they
# are at work; all else is a command of AniVault.
set -eu
downloads=/data/downloads port=8686
state=$XDG_STATE_HOME/anivault

if [ "${1-}" = healthy ]; then
    if [ -e "$state/page" ]; then
        python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 5)" || exit 1
    fi
    [ -n "$(find "$state/watching" -mmin -3 2>/dev/null)" ] && exit 0
    # a long run of copies looks at nothing meanwhile, and holds the library's lock
    ! flock --nonblock "$ANIVAULT_LIBRARY/.anivault/lock" true
    exit
fi

umask "$UMASK"
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$XDG_CONFIG_HOME/anivault" "$XDG_CACHE_HOME" "$state" "$XDG_DATA_HOME"
    chown -R "$PUID:$PGID" /config
    exec setpriv --reuid "$PUID" --regid "$PGID" --clear-groups "$0" "$@"
fi
mkdir -p "$state"
rm -f "$state/page"
[ "${1-}" = up ] || exec anivault "$@"

touch "$state/page"
anivault watch "$downloads" & watch=$!
anivault serve --host 0.0.0.0 --port "$port" "$downloads" & page=$!
trap 'kill "$watch" "$page" 2>/dev/null' TERM INT
while kill -0 "$watch" 2>/dev/null && kill -0 "$page" 2>/dev/null; do
    sleep 1 & wait $! || break
done
kill "$watch" "$page" 2>/dev/null || true # one has ended, or both are to end
code=0
wait "$page" || code=$?
wait "$watch" || code=$?
exit "$code"
