#!/bin/sh
# Debian has `stream` as a module to be loaded; in the official image it is built in. Loading it here, and not in a
# configuration file, lets the same nginx.conf serve on both. nginx takes the last -g only, so there is one.
set -eu
directives="load_module /usr/lib/nginx/modules/ngx_stream_module.so;"

count=$#
while [ "$count" -gt 0 ]; do
  word=$1
  shift
  count=$((count - 1))
  if [ "$word" = -g ] && [ "$count" -gt 0 ]; then
    directives="$directives $1"
    shift
    count=$((count - 1))
  else
    set -- "$@" "$word"
  fi
done
exec /usr/sbin/nginx.debian "$@" -g "$directives"
