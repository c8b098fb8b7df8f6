#!/bin/sh
# Options or a configuration file alone mean the server, as in the official image.
set -eu
case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
# What the server writes is its user's alone.
[ "${1:-}" != redis-server ] || umask 0077
exec "$@"
