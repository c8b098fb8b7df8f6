#!/bin/sh
# Has nginx read its certificate again when the files change: connections that are open end with the old one, new ones
# get the new one. Rendered by ./platform render from components/application/gateway-reload.ts.
state() {
  cat /etc/gateway-tls/certificate.pem /etc/gateway-tls/key.pem | sha256sum
}

known=$(state)
while sleep 10; do
  now=$(state)
  [ "$now" = "$known" ] && continue
  # Half of a new pair is none: the process keeps the old one, and the next look sees the whole.
  nginx -c /etc/gateway/nginx.conf -t -q && nginx -c /etc/gateway/nginx.conf -s reload && known=$now
done
