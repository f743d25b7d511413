# shellcheck shell=bash
# What shell journeys share: the running mock as `skyproof up --json` told it (the file SKYPROOF_FACTS),
# its admin API, and steps that are told one line each, `ok …` or `FAIL …`. The first step that fails
# ends the journey.
set -euo pipefail

# How long anything may take, in seconds of real time.
wait_s=20

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fact FILTER [ARGUMENT…]: something that `skyproof up --json` told.
fact() {
    jq -er "$@" "$SKYPROOF_FACTS"
}

# admin METHOD PATH [BODY]: one request to the admin API.
admin() {
    curl --silent --show-error --fail-with-body --noproxy '*' --max-time $((2 * wait_s)) \
        --request "$1" ${3+--data "$3"} "$admin_url/_skyproof/$2"
}

# expect CRITERIA: waits for something in the journal that came since the step began; prints the entry.
expect() {
    local wanted
    wanted=$(jq -c --argjson since "$since" --argjson within "$wait_s" \
        '{since: $since, within_s: $within} + .' <<<"$1")
    admin POST expect "$wanted" | jq '.matched[-1]'
}

# has PART FILE: fails unless the file contains the part.
has() {
    grep -qF -- "$1" "$2" || { printf 'expected "%s", found:\n' "$1" && cat "$2" && return 1; }
}

# step NAME COMMAND…: tells whether the command went well.
step() {
    local name=$1
    shift
    since=$(admin GET health | jq .steps)
    # In the background, because `set -e` counts for nothing where somebody looks at the outcome.
    (set -e && "$@") >"$work/step" 2>&1 &
    if wait $!; then
        echo "ok $name"
    else
        echo "FAIL $name: $(tail -n 1 "$work/step")"
        cat "$work/step" >&2
        exit 1
    fi
}

admin_url=$(fact .admin_url)
