#!/bin/sh
# Makes the secrets that are missing in deploy/secrets, a file each, random where they may be.
# Run again at any time: what is there stays. OPENAI_API_KEY and SMTP_URL are made empty, which
# means none; write yours in.
set -eu
umask 077
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

keep() { # NAME VALUE
    if [ ! -e "$folder/$1" ]; then
        printf %s "$2" > "$folder/$1"
        echo "made $folder/$1"
    fi
}

keep NEUROSHIKSHA_SECRET_KEY "$(random)"
keep POSTGRES_PASSWORD "$(random)"
keep NEUROSHIKSHA_METRICS_TOKEN "$(random)"
keep GRAFANA_PASSWORD "$(random)"
keep OPENAI_API_KEY ""
keep SMTP_URL ""
keep DATABASE_URL "postgresql://neuroshiksha:$(cat "$folder/POSTGRES_PASSWORD")@postgres:5432/neuroshiksha"
# Containers of other accounts read them; the folder itself is for the owner alone.
chmod 644 "$folder"/*
chmod 700 "$folder"
