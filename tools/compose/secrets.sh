#!/bin/sh
# Makes what docker-compose.yml asks for: .env (variables) and secrets/ (files), in the folder where it is called.
#   tools/compose/secrets.sh dev     everything: passwords and a certificate of your own; alerts go to dev's sink
#   tools/compose/secrets.sh prod    what can be made; then it names what only you have, and ends with 1 until it is there
# What is there already stays; what is there of the other one is refused. Needs openssl; prod needs htpasswd too (Debian: apache2-utils).
set -eu

stack=${1:-}
case $stack in
  dev | prod) ;;
  *) echo "usage: $0 dev|prod, not '$stack'" >&2; exit 2 ;;
esac

value_of() { [ ! -e .env ] || sed -n "s/^$1=//p" .env; }

# Of which of the two the folder's secrets are. Folders of before this was written down: only these have such a variable.
of=$(value_of SECRETS_OF)
[ -n "$of" ] || [ -z "$(value_of SMTP_PASSWORD)" ] || of=dev
[ -n "$of" ] || [ -z "$(value_of MONITORING_PASSWORD)" ] || of=prod
if [ "${of:-$stack}" != "$stack" ]; then
  echo "$PWD has the secrets of $of (.env, secrets/), which are never those of $stack: give $stack a checkout of its own, or move the two away" >&2
  exit 2
fi

# The folder is yours alone; its files are readable, because each container reads them as its own user.
mkdir -p secrets
chmod 700 secrets
umask 077
touch .env

missing=""
variable() { [ -n "$(value_of "$1")" ] || echo "$1=$2" >> .env; }
file() { [ -s "secrets/$1" ] || { cat > "secrets/$1.new" && chmod 644 "secrets/$1.new" && mv "secrets/$1.new" "secrets/$1"; }; }
# What stands in dev in place of accounts: nothing of it opens anything, and nobody would be told.
sample() {
  case $1 in
    slack-webhook-url) printf %s http://alert-sink:8082/slack ;;
    pagerduty-routing-key) printf %s 0123456789abcdef0123456789abcdef ;;
    smtp-password) printf %s local-sink ;;
  esac
}
yours() {
  if [ ! -s "secrets/$1" ]; then missing="$missing
  secrets/$1: $2"
  elif [ "$(cat "secrets/$1")" = "$(sample "$1")" ]; then missing="$missing
  secrets/$1: $2; it holds the sample of dev"
  fi
}
password() { openssl rand -hex 32; }
certificate() { # <name in it> <file of the certificate> <file of the key>
  [ -s "secrets/$2" ] && [ -s "secrets/$3" ] && return
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 730 -subj "/CN=$1" \
    -addext "subjectAltName=DNS:$1" -keyout "secrets/$3" -out "secrets/$2" 2> /dev/null
  chmod 644 "secrets/$2" "secrets/$3"
}

# An age identity (age-encryption.org/v1): 32 random bytes, and a checksum, in bech32 (BIP 173). No part of it is in an argument.
backup_key() {
  bits=0 rest=0 groups=""
  for byte in $(openssl rand 32 | od -An -v -tu1); do
    rest=$(((rest << 8 | byte) & 0xffff)) bits=$((bits + 8))
    while [ "$bits" -ge 5 ]; do
      bits=$((bits - 5))
      groups="$groups $((rest >> bits & 31))"
    done
  done
  groups="$groups $((rest << (5 - bits) & 31))"
  sum=1
  # age-secret-key- : the high bits of each letter, 0, the low ones
  for group in 3 3 3 1 3 3 3 3 3 3 1 3 3 3 1 0 1 7 5 13 19 5 3 18 5 20 13 11 5 25 13 $groups 0 0 0 0 0 0; do
    top=$((sum >> 25)) sum=$(((sum & 0x1ffffff) << 5 ^ group))
    for generator in 0x3b6a57b2 0x26508e6d 0x1ea119fa 0x3d4233dd 0x2a1462b3; do
      [ $((top & 1)) -eq 0 ] || sum=$((sum ^ generator))
      top=$((top >> 1))
    done
  done
  sum=$((sum ^ 1))
  for shift in 25 20 15 10 5 0; do groups="$groups $((sum >> shift & 31))"; done
  echo "$groups" | awk '{
    printf "AGE-SECRET-KEY-1"
    for (i = 1; i <= NF; i++) printf "%s", substr("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", $i + 1, 1)
  }'
}

variable SECRETS_OF "$stack"
for name in DATABASE_PASSWORD CACHE_PASSWORD TOKEN_SIGNING_KEY ALERT_WEBHOOK_TOKEN APPLICATION_ADMIN_PASSWORD; do
  variable "$name" "$(password)"
done
printf %s "$(value_of DATABASE_PASSWORD)" | file database-password
password | tr -d '\n' | file backup-password
backup_key | file backup-key
printf 'requirepass %s\n' "$(value_of CACHE_PASSWORD)" | file cache-auth.conf
printf %s "$(value_of ALERT_WEBHOOK_TOKEN)" | file alert-webhook-token
password | tr -d '\n' | file grafana-admin-password

if [ "$stack" = dev ]; then
  variable SMTP_PASSWORD "$(sample smtp-password)"
  for name in slack-webhook-url pagerduty-routing-key smtp-password; do sample "$name" | file "$name"; done
  certificate gateway tls-certificate tls-private-key
else
  variable MONITORING_PASSWORD "$(password)"
  printf %s "$(value_of MONITORING_PASSWORD)" | file monitoring-password
  certificate monitoring monitoring-certificate monitoring-private-key
  if command -v htpasswd > /dev/null; then
    for member in prometheus alertmanager; do
      [ -s "secrets/$member-web.yml" ] && continue
      line=$(value_of MONITORING_PASSWORD | htpasswd -niBC 10 platform)
      printf '%s\n' "tls_server_config:" "  cert_file: /etc/$member-secrets/monitoring-certificate.pem" \
        "  key_file: /etc/$member-secrets/monitoring-key.pem" \
        "basic_auth_users:" "  platform: \"${line#platform:}\"" | file "$member-web.yml"
    done
  fi
  for member in prometheus alertmanager; do yours "$member-web.yml" "install htpasswd (apache2-utils) and call this again"; done
  yours tls-certificate "PEM, for your domain and grafana.<your domain>"
  yours tls-private-key "its key"
  yours slack-webhook-url "an incoming webhook of Slack"
  yours pagerduty-routing-key "an Events v2 integration of PagerDuty"
  yours smtp-password "of the mail account that alerts are sent from"
  yours grafana-oidc-client-secret "of Grafana's client at your identity provider"
fi

[ -z "$missing" ] || { echo "still missing, each a file with the bare value:$missing" >&2; exit 1; }
echo ".env and secrets/ have all that $stack asks for"
