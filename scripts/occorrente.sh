# Cio' che gli script chiedono alla macchina. Si include, non si esegue.

# Installa pacchetti di Debian, da root o con sudo.
installa() {
    local come=()
    [ "$(id -u)" -eq 0 ] || come=(sudo)
    echo "installo: $*" >&2
    "${come[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update >/dev/null
    "${come[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >/dev/null
}

# occorre_comando COMANDO PACCHETTO
occorre_comando() {
    command -v "$1" >/dev/null || installa "$2"
}

# I caratteri dei PDF e gli attrezzi del browser, per il file di lock di assets/.
occorrono_caratteri() {
    local assets=$1/assets
    if [ ! -e "$assets/node_modules/.package-lock.json" ] || [ "$assets/package-lock.json" -nt "$assets/node_modules/.package-lock.json" ]; then
        npm ci --silent --no-audit --no-fund --prefix "$assets"
        touch "$assets/node_modules/.package-lock.json"
    fi
}

# La cartella dei programmi dell'ultimo PostgreSQL installato.
binari_postgres() {
    ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1
}

# Avvia un PostgreSQL vuoto in una cartella: avvia_postgres CARTELLA PORTA. initdb non vuole root: allora lo fa l'utente postgres.
avvia_postgres() {
    local dati=$1/pg porta=$2 binari come=()
    binari=$(binari_postgres)
    mkdir -p "$dati"
    if [ "$(id -u)" -eq 0 ]; then
        chmod 755 "$1"
        chown postgres "$dati"
        come=(runuser -u postgres --)
    fi
    "${come[@]}" "$binari/initdb" -D "$dati" -A trust -U postgres >/dev/null
    "${come[@]}" "$binari/pg_ctl" -D "$dati" -l "$dati/diario" -w \
        -o "-p $porta -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dati -c max_connections=300" start >/dev/null
}

ferma_postgres() {
    local dati=$1/pg come=()
    [ "$(id -u)" -ne 0 ] || come=(runuser -u postgres --)
    "${come[@]}" "$(binari_postgres)/pg_ctl" -D "$dati" -m immediate stop >/dev/null 2>&1 || true
}

porta_libera() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
