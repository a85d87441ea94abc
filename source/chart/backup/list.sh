# pg-helm-install: what is on the volume of backups, one JSON object a line (POSIX sh, also with dash).
set -eu
export LC_ALL=C
root=${PGDUMP_DIR:-/backup/pgdump}
for one in $(find "$root" -mindepth 1 -maxdepth 1 | sed 's,.*/,,' | sort -r); do
    case $one in
        *.partial) printf '{"partial":"%s"}\n' "${one%.partial}" ;;
        [0-9]*T[0-9]*Z)
            [ -f "$root/$one/manifest.json" ] || continue
            proof=null
            if [ -f "$root/$one/proof.json" ]; then proof=$(cat "$root/$one/proof.json"); fi
            printf '{"manifest":%s,"proof":%s}\n' "$(cat "$root/$one/manifest.json")" "$proof"
            ;;
    esac
done
df -Pk "$root" | awk 'NR == 2 { printf "{\"sizeBytes\":%.0f,\"freeBytes\":%.0f}\n", $2 * 1024, $4 * 1024 }'
