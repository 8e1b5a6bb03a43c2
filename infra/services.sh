#!/usr/bin/env bash
# Runs servers from Debian's packages, for the examples in the README and for manual tests.
#   infra/services.sh install|start|stop|status [postgres|mariadb|rabbitmq]
#   infra/services.sh install all: also installs what only the tests use (SSH, SFTP and mail servers, Cyrus, strace, the Node.js sample, Prism, s3rver, a browser, nginx)
# SERVICES_DIR: the folder of their data (default .data/services). POSTGRES_PORT: default 25432. MARIADB_PORT: default 23306.
# RABBITMQ_PORT: default 26672; the next two ports are used as well.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=${SERVICES_DIR:-$root/.data/services}
port=${POSTGRES_PORT:-25432}
mariadb_port=${MARIADB_PORT:-23306}
rabbitmq_port=${RABBITMQ_PORT:-26672}
password=app-password
seconds=60

say() { printf '%s\n' "$*"; }
fail() { printf 'services: %s\n' "$*" >&2; exit 1; }

binaries() { find /usr/lib/postgresql -path '*/bin/initdb' -printf '%h\n' 2>/dev/null | sort -V | tail -n 1; }

# PostgreSQL does not run as root.
as_server() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups "$@"; else "$@"; fi
}

# Creates the data folder. The server's user must have access to it.
place() {
  local wanted=$data/postgres
  mkdir -p "$wanted"
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$wanted"
    as_server test -w "$wanted" || fail "the user postgres cannot write to $wanted: set SERVICES_DIR to a folder that it can write to"
  fi
  printf '%s' "$wanted"
}

pid_of() {
  local file=$data/postgres/cluster/postmaster.pid pid
  [ -f "$file" ] || return 1
  pid=$(head -n 1 "$file")
  # After a crash, the pid in the file may belong to another program.
  [ -d "/proc/$pid" ] && grep -q postgres "/proc/$pid/comm" && printf '%s' "$pid"
}

sql() { as_server "$(binaries)/psql" -qAtX -v ON_ERROR_STOP=1 -h "$data/postgres" -p "$port" -U postgres "$@"; }

install_postgres() {
  if [ -n "$(binaries)" ]; then say "postgres: installed ($(binaries))"; return; fi
  [ "$(id -u)" = 0 ] || fail "PostgreSQL is not installed; run \"infra/services.sh install\" as root"
  say "postgres: installing Debian's package"
  mkdir -p /etc/postgresql-common
  # Keep Debian's package from creating a cluster of its own.
  [ -f /etc/postgresql-common/createcluster.conf ] || printf 'create_main_cluster = false\n' > /etc/postgresql-common/createcluster.conf
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends postgresql
}

create_cluster() {
  local folder=$1
  [ -f "$folder/cluster/PG_VERSION" ] && return
  say "postgres: creating a cluster in $folder/cluster"
  as_server "$(binaries)/initdb" -D "$folder/cluster" -U postgres -A trust -E UTF8 --locale=C.UTF-8 > "$folder/initdb.log"
  # The superuser connects over the socket as the system user only. All other users need a password.
  as_server sh -c "cat > '$folder/cluster/pg_hba.conf'" <<RULES
local all postgres peer map=here
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
RULES
  as_server sh -c "printf 'here %s postgres\n' \"\$(id -un)\" > '$folder/cluster/pg_ident.conf'"
}

create_shop() {
  [ "$(sql -c "SELECT count(*) FROM pg_database WHERE datname = 'shop'" postgres)" = 1 ] && return
  say "postgres: creating the database shop, its user app and the table orders"
  sql postgres <<SQL
SELECT 'CREATE ROLE app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \gexec
ALTER ROLE app PASSWORD '$password';
CREATE DATABASE shop OWNER app;
SQL
  sql shop <<'SQL'
SET ROLE app;
CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, total numeric(12, 2) NOT NULL, placed date NOT NULL);
INSERT INTO orders VALUES
  (1, 'ACME', 120.50, '2026-01-05'), (2, 'Globex', 75.00, '2026-01-07'), (3, 'ACME', 19.99, '2026-02-11'),
  (4, 'Initech', 430.00, '2026-02-14'), (5, 'Umbrella', 12.34, '2026-03-01');
SQL
}

start_postgres() {
  install_postgres
  local folder
  folder=$(place)
  create_cluster "$folder"
  if pid_of > /dev/null; then
    say "postgres: already running (pid $(pid_of))"
  else
    as_server "$(binaries)/pg_ctl" -D "$folder/cluster" -l "$folder/log" -w -t "$seconds" -s \
      -o "-p $port -k '$folder' -c listen_addresses=127.0.0.1" start || { tail -n 20 "$folder/log" >&2; fail "postgres did not start"; }
    say "postgres: started (pid $(pid_of)), log in $folder/log"
  fi
  create_shop
  say "postgres: host 127.0.0.1, port $port, database shop, user app, password $password"
}

stop_postgres() {
  local pid waited=0
  if ! pid=$(pid_of); then say "postgres: not running"; return; fi
  kill -INT "$pid"
  while [ -d "/proc/$pid" ]; do
    [ "$waited" -lt $((seconds * 5)) ] || fail "postgres (pid $pid) did not stop"
    waited=$((waited + 1))
    sleep 0.2
  done
  say "postgres: stopped (pid $pid)"
}

status_postgres() {
  if pid_of > /dev/null; then say "postgres: running on port $port (pid $(pid_of))"; else say "postgres: not running"; return 3; fi
}

# MariaDB does not run as root either.
# Each server needs its own TMPDIR: a starting server deletes the temporary tables of all servers in the same folder.
as_mariadb() {
  local -x TMPDIR=$data/mariadb
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=mysql --regid=mysql --init-groups "$@"; else "$@"; fi
}

mariadb_pid() {
  local file=$data/mariadb/pid pid
  [ -f "$file" ] || return 1
  pid=$(head -n 1 "$file")
  [ -d "/proc/$pid" ] && grep -qE 'mariadbd|mysqld' "/proc/$pid/comm" && printf '%s' "$pid"
}

mariadb_sql() { mariadb --no-defaults --socket="$data/mariadb/socket" --user=root --batch --skip-column-names "$@"; }

install_mariadb() {
  if [ -x /usr/sbin/mariadbd ]; then say "mariadb: installed (/usr/sbin/mariadbd)"; return; fi
  [ "$(id -u)" = 0 ] || fail "MariaDB is not installed; run \"infra/services.sh install mariadb\" as root"
  say "mariadb: installing Debian's package"
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends mariadb-server
}

create_mariadb() {
  local folder=$1
  [ -d "$folder/data/mysql" ] && return
  say "mariadb: creating a server in $folder/data"
  as_mariadb mariadb-install-db --no-defaults --datadir="$folder/data" --auth-root-authentication-method=normal --skip-test-db > "$folder/install.log"
}

create_mariadb_shop() {
  [ "$(mariadb_sql -e "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'shop'")" = 1 ] && return
  say "mariadb: creating the database shop, its user app and the table orders"
  mariadb_sql <<SQL
CREATE DATABASE shop CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS app@'%' IDENTIFIED BY '$password';
GRANT ALL ON shop.* TO app@'%';
DROP USER IF EXISTS root@'127.0.0.1', root@'::1', root@'$(hostname)';
CREATE TABLE shop.orders (id int PRIMARY KEY, customer varchar(100) NOT NULL, total decimal(12, 2) NOT NULL, placed date NOT NULL);
INSERT INTO shop.orders VALUES
  (1, 'ACME', 120.50, '2026-01-05'), (2, 'Globex', 75.00, '2026-01-07'), (3, 'ACME', 19.99, '2026-02-11'),
  (4, 'Initech', 430.00, '2026-02-14'), (5, 'Umbrella', 12.34, '2026-03-01');
SQL
}

start_mariadb() {
  install_mariadb
  local folder=$data/mariadb waited=0
  mkdir -p "$folder"
  # The superuser needs no password on this socket, so no other user may reach it.
  chmod 700 "$folder"
  if [ "$(id -u)" = 0 ]; then
    chown mysql "$folder"
    as_mariadb test -w "$folder" || fail "the user mysql cannot write to $folder: set SERVICES_DIR to a folder that it can write to"
  fi
  create_mariadb "$folder"
  if mariadb_pid > /dev/null; then
    say "mariadb: already running (pid $(mariadb_pid))"
  else
    as_mariadb setsid /usr/sbin/mariadbd --no-defaults --datadir="$folder/data" --socket="$folder/socket" --pid-file="$folder/pid" \
      --port="$mariadb_port" --bind-address=127.0.0.1 --skip-name-resolve >> "$folder/log" 2>&1 < /dev/null &
    until mariadb_sql -e 'SELECT 1' > /dev/null 2>&1; do
      [ "$waited" -lt $((seconds * 5)) ] || { tail -n 20 "$folder/log" >&2; fail "mariadb did not start"; }
      waited=$((waited + 1))
      sleep 0.2
    done
    say "mariadb: started (pid $(mariadb_pid)), log in $folder/log"
  fi
  create_mariadb_shop
  say "mariadb: host 127.0.0.1, port $mariadb_port, database shop, user app, password $password"
}

stop_mariadb() {
  local pid waited=0
  if ! pid=$(mariadb_pid); then say "mariadb: not running"; return; fi
  kill -TERM "$pid"
  while [ -d "/proc/$pid" ]; do
    [ "$waited" -lt $((seconds * 5)) ] || fail "mariadb (pid $pid) did not stop"
    waited=$((waited + 1))
    sleep 0.2
  done
  say "mariadb: stopped (pid $pid)"
}

status_mariadb() {
  if mariadb_pid > /dev/null; then say "mariadb: running on port $mariadb_port (pid $(mariadb_pid))"; else say "mariadb: not running"; return 3; fi
}

# Runs a command with the environment of our RabbitMQ node and its port mapper, both on loopback only.
as_rabbitmq() {
  local folder=$data/rabbitmq
  local -a as=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "HOME=$folder" ERL_EPMD_ADDRESS=127.0.0.1
    "ERL_EPMD_PORT=$((rabbitmq_port + 2))" "RABBITMQ_NODENAME=services-$rabbitmq_port@localhost" "RABBITMQ_DIST_PORT=$((rabbitmq_port + 1))"
    "RABBITMQ_MNESIA_BASE=$folder/data" "RABBITMQ_LOG_BASE=$folder/logs" RABBITMQ_LOGS=- "RABBITMQ_CONFIG_FILE=$folder/rabbitmq"
    RABBITMQ_CONF_ENV_FILE=/dev/null "RABBITMQ_ENABLED_PLUGINS_FILE=$folder/plugins" RABBITMQ_ALLOW_INPUT=1
    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-noinput -kernel inet_dist_use_interface {127,0,0,1}")
  [ "$(id -u)" != 0 ] || as=(setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "${as[@]}")
  "${as[@]}" "$@"
}

# $1: the pid file, $2: the name of the process
rabbitmq_pid() {
  local file=$data/rabbitmq/$1 pid
  [ -f "$file" ] || return 1
  pid=$(head -n 1 "$file")
  [ -d "/proc/$pid" ] && grep -q "$2" "/proc/$pid/comm" && printf '%s' "$pid"
}

install_rabbitmq() {
  if [ -x /usr/sbin/rabbitmq-server ]; then say "rabbitmq: installed (/usr/sbin/rabbitmq-server)"; return; fi
  [ "$(id -u)" = 0 ] || fail "RabbitMQ is not installed; run \"infra/services.sh install rabbitmq\" as root"
  say "rabbitmq: installing Debian's package"
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends rabbitmq-server
}

start_rabbitmq() {
  install_rabbitmq
  local folder=$data/rabbitmq waited=0
  mkdir -p "$folder"
  if rabbitmq_pid pid beam > /dev/null; then
    say "rabbitmq: already running (pid $(rabbitmq_pid pid beam))"
  else
    printf '[].\n' > "$folder/plugins"
    printf 'listeners.tcp.1 = 127.0.0.1:%s\ndefault_user = app\ndefault_pass = %s\nlog.console.level = info\n' \
      "$rabbitmq_port" "$password" > "$folder/rabbitmq.conf"
    chmod 700 "$folder"
    [ "$(id -u)" != 0 ] || chown -R rabbitmq "$folder"
    as_rabbitmq test -w "$folder" || fail "the user rabbitmq cannot write to $folder: set SERVICES_DIR to a folder that it can write to"
    if ! rabbitmq_pid epmd.pid epmd > /dev/null; then
      as_rabbitmq setsid sh -c 'echo $$ > "$HOME/epmd.pid"; exec epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT"' >> "$folder/log" 2>&1 < /dev/null &
    fi
    as_rabbitmq setsid sh -c 'echo $$ > "$HOME/pid"; exec /usr/lib/rabbitmq/bin/rabbitmq-server' >> "$folder/log" 2>&1 < /dev/null &
    until printf 'AMQP\0\0\011\001' 2> /dev/null > "/dev/tcp/127.0.0.1/$rabbitmq_port"; do
      [ "$waited" -lt $((seconds * 5)) ] || { tail -n 20 "$folder/log" >&2; fail "rabbitmq did not start"; }
      waited=$((waited + 1))
      sleep 0.2
    done 2> /dev/null
    say "rabbitmq: started (pid $(rabbitmq_pid pid beam)), log in $folder/log"
  fi
  say "rabbitmq: Bus:Connection=amqp://app:$password@127.0.0.1:$rabbitmq_port/"
}

stop_rabbitmq() {
  local pid waited=0 mapper
  if ! pid=$(rabbitmq_pid pid beam); then
    say "rabbitmq: not running"
  else
    kill -TERM "$pid"
    while [ -d "/proc/$pid" ]; do
      [ "$waited" -lt $((seconds * 5)) ] || fail "rabbitmq (pid $pid) did not stop"
      waited=$((waited + 1))
      sleep 0.2
    done
    say "rabbitmq: stopped (pid $pid)"
  fi
  if mapper=$(rabbitmq_pid epmd.pid epmd); then kill -TERM "$mapper"; fi
}

status_rabbitmq() {
  if rabbitmq_pid pid beam > /dev/null; then
    say "rabbitmq: running on port $rabbitmq_port (pid $(rabbitmq_pid pid beam))"
  else
    say "rabbitmq: not running"
    return 3
  fi
}

install_node() {
  local folder=$root/samples/node-workflow
  if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
    [ "$(id -u)" = 0 ] || fail "Node.js is not installed; run \"infra/services.sh install all\" as root"
    say "node: installing Debian's packages"
    timeout 600 apt-get update -qq
    DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends nodejs npm
  fi
  say "node: installed ($(command -v node)); installing the locked modules of the sample and of the tests"
  (cd "$folder" && timeout 300 npm ci --silent --no-audit --no-fund)
  (cd "$root/tests/Connectors.Tests/Descriptions/prism" && timeout 300 npm ci --silent --no-audit --no-fund --ignore-scripts)
  (cd "$root/tests/Connectors.Tests/S3/s3rver" && timeout 300 npm ci --silent --no-audit --no-fund --ignore-scripts)
}

install_ssh() {
  if [ -x /usr/sbin/sshd ]; then say "ssh: installed (/usr/sbin/sshd)"; return; fi
  [ "$(id -u)" = 0 ] || fail "OpenSSH's server is not installed; run \"infra/services.sh install all\" as root"
  say "ssh: installing Debian's package"
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends openssh-server
}

install_strace() {
  if [ -x /usr/bin/strace ]; then say "strace: installed (/usr/bin/strace)"; return; fi
  [ "$(id -u)" = 0 ] || fail "strace is not installed; run \"infra/services.sh install all\" as root"
  say "strace: installing Debian's package"
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends strace
}

install_chromium() {
  if command -v chromium > /dev/null; then say "chromium: installed ($(command -v chromium))"; return; fi
  [ "$(id -u)" = 0 ] || fail "Chromium is not installed; run \"infra/services.sh install all\" as root"
  say "chromium: installing Debian's package"
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends chromium
}

install_nginx() {
  if [ -x /usr/sbin/nginx ]; then say "nginx: installed (/usr/sbin/nginx)"; return; fi
  [ "$(id -u)" = 0 ] || fail "nginx is not installed; run \"infra/services.sh install all\" as root"
  say "nginx: installing Debian's package"
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends nginx
  # Debian's package starts a server of its own.
  service nginx stop > /dev/null 2>&1 || true
}

install_proftpd() {
  if [ -f /usr/lib/proftpd/mod_sftp.so ]; then say "proftpd: installed (/usr/sbin/proftpd)"; return; fi
  [ "$(id -u)" = 0 ] || fail "ProFTPD is not installed; run \"infra/services.sh install all\" as root"
  say "proftpd: installing Debian's packages"
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends proftpd-core proftpd-mod-crypto
  # Debian's package starts a server of its own.
  service proftpd stop > /dev/null 2>&1 || true
}

install_mail() {
  if [ -x /usr/sbin/postfix ] && [ -x /usr/lib/dovecot/imap ]; then say "mail: installed (/usr/sbin/postfix, /usr/sbin/dovecot)"; return; fi
  [ "$(id -u)" = 0 ] || fail "Postfix and Dovecot are not installed; run \"infra/services.sh install all\" as root"
  say "mail: installing Debian's packages"
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends postfix dovecot-imapd
  # Debian's packages start servers of their own.
  service postfix stop > /dev/null 2>&1 || true
  service dovecot stop > /dev/null 2>&1 || true
}

# Debian's packages of Cyrus and Dovecot exclude each other. The tests run Cyrus from this folder, with their own configuration.
install_cyrus() {
  local folder=/opt/connections-cyrus
  if [ -x "$folder/usr/lib/cyrus/bin/master" ]; then say "cyrus: installed ($folder)"; return; fi
  [ "$(id -u)" = 0 ] || fail "Cyrus is not installed; run \"infra/services.sh install all\" as root"
  say "cyrus: unpacking Debian's packages into $folder"
  unpack_cyrus "$folder" || say "cyrus: cannot be installed here, so its tests are skipped"
}

unpack_cyrus() {
  local downloaded status=0
  timeout 600 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -qq --no-install-recommends libicu72 libical3 libjansson4 \
    libkrb5-3 libpcre3 libpq5 libsasl2-2 libsasl2-modules libsasl2-modules-db libsqlite3-0 libwrap0 libxapian30 libxml2 || return
  downloaded=$(mktemp -d)
  # The last package holds the program that shows that all are there.
  (cd "$downloaded" && timeout 300 apt-get download -qq -o APT::Sandbox::User=root sasl2-bin cyrus-imapd cyrus-common \
    && dpkg -x sasl2-bin_*.deb "$1" && dpkg -x cyrus-imapd_*.deb "$1" && dpkg -x cyrus-common_*.deb "$1") || status=1
  rm -r "$downloaded"
  return "$status"
}

install_all() {
  install_postgres
  install_mariadb
  install_rabbitmq
  install_node
  install_ssh
  install_proftpd
  install_strace
  install_chromium
  install_nginx
  install_mail
  install_cyrus
}

case "${1:-}" in
  install | start | stop | status) ;;
  *) fail "usage: infra/services.sh install|start|stop|status [postgres|mariadb|rabbitmq]" ;;
esac
case "${2:-postgres}" in
  postgres | mariadb | rabbitmq) "$1_${2:-postgres}" ;;
  all) [ "$1" = install ] || fail "\"all\" is supported with install only"; install_all ;;
  *) fail "unknown service \"$2\": use postgres, mariadb or rabbitmq" ;;
esac
