#!/usr/bin/env bash
# Le risposte di un gateway che gira, confrontate col documento che pubblica: richieste generate da schemathesis, con un seme fisso.
# I documenti stessi sono confrontati con lo schema ufficiale di OpenAPI 3.1.
#
# Chiede un `fiorino sandbox` che gira e si puo' sporcare.
#
#   FIORINO_URL   predefinito http://127.0.0.1:8080
#   ESEMPI        richieste generate per operazione, predefinito 25
#   SEME          predefinito 20260101
#   VENV          ambiente Python, creato se manca; predefinito target/prova-schemathesis
set -euo pipefail
radice=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
base=${FIORINO_URL:-http://127.0.0.1:8080}
venv=${VENV:-$radice/target/prova-schemathesis}

if [ ! -x "$venv/bin/schemathesis" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check 'schemathesis>=4.32,<5' 'openapi-spec-validator>=0.9,<1'
fi

lavoro=$(mktemp -d)
trap 'rm -rf "$lavoro"' EXIT

curl -fsS "$base/openapi.json" -o "$lavoro/openapi.json"
curl -fsS "$base/documentazione" | grep -o '/documentazione/[a-z0-9]*-v[0-9]*' | sort -u | while read -r pagina; do
    nome=${pagina##*/}
    curl -fsS "$base/openapi/$nome.json" -o "$lavoro/$nome.json"
done
for documento in "$lavoro"/*.json; do
    "$venv/bin/openapi-spec-validator" "$documento" >"$lavoro/esito.txt" 2>&1 || { cat "$lavoro/esito.txt"; exit 1; }
done
echo "documenti conformi a OpenAPI 3.1: $(find "$lavoro" -name '*.json' | wc -l)"

cat >"$lavoro/schemathesis.toml" <<FINE
[parameters]
"path.idA2A" = "DEMO"

# Chi annota la pendenza di un'altra applicazione riceve 500 APP_002, come dal GovPay che i client conoscono.
[[operations]]
include-operation-id = "pendenze_v2_updatePendenza"
checks.not_a_server_error.enabled = false
FINE

prova() { # nome, utente, percorsi
    echo "== schemathesis: $1"
    (cd "$lavoro" && "$venv/bin/schemathesis" --config-file schemathesis.toml run "$base/openapi.json" \
        --auth "$2:Password1!" --include-path-regex "$3" \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
        --phases examples,coverage,fuzzing --mode all --max-examples "${ESEMPI:-25}" --seed "${SEME:-20260101}" \
        --generation-database none --suppress-health-check all --request-timeout 30 --continue-on-failure --warnings off --no-color)
}

esito=0
prova pendenze DEMO '/api/pendenze/' || esito=1
prova 'back office' gpadmin '/api/backoffice/' || esito=1
exit $esito
