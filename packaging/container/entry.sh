#!/bin/sh
# Start AniVault as PUID:PGID with UMASK; `healthy` tells whether the watch looked at its folders lately.
set -eu

if [ "${1-}" = healthy ]; then
    seen=$XDG_STATE_HOME/anivault/watching
    [ -n "$(find "$seen" -mmin -3 2>/dev/null)" ] && exit 0
    # a long run of copies looks at nothing meanwhile, and holds the library's lock
    ! flock --nonblock "$ANIVAULT_LIBRARY/.anivault/lock" true
    exit
fi

umask "$UMASK"
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$XDG_CONFIG_HOME/anivault" "$XDG_CACHE_HOME" "$XDG_STATE_HOME" "$XDG_DATA_HOME"
    chown -R "$PUID:$PGID" /config
    exec setpriv --reuid "$PUID" --regid "$PGID" --clear-groups anivault "$@"
fi
exec anivault "$@"
