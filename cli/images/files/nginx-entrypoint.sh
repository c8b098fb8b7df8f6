#!/bin/sh
# Does what the official image's entry point does for the platform: makes configuration from templates, then starts.
# The official names of the variables: NGINX_ENTRYPOINT_LOCAL_RESOLVERS, NGINX_ENVSUBST_TEMPLATE_DIR and _OUTPUT_DIR.
set -eu

templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}

# Addresses of the name servers of wherever this runs, IPv6 in brackets: nginx does not read resolv.conf.
resolvers() {
  while read -r word address _; do
    [ "$word" = nameserver ] || continue
    case $address in
      *:*) printf '%s' " [$address]" ;;
      *) printf '%s' " $address" ;;
    esac
  done < /etc/resolv.conf
}

# Only what is a variable of the environment is replaced: nginx has variables of its own.
variables() {
  env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/${\1}/p' | tr '\n' ' '
}

if [ "${1:-}" = nginx ]; then
  if [ -n "${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ]; then
    found=$(resolvers)
    export NGINX_LOCAL_RESOLVERS="${found# }"
  fi
  for template in "$templates"/*.template; do
    [ -e "$template" ] || continue
    name=${template##*/}
    envsubst "$(variables)" < "$template" > "$output/${name%.template}"
  done
fi

exec "$@"
