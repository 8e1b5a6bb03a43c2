#!/usr/bin/env bash
# Runs the long tests, and checks the invariants of the service after each: kills Standalone repeatedly under load; kills and disconnects
# hosts and servers of a whole deployment; lets four processes share the tokens of fifty connections; restores a backup made under load; and
# replaces the hosts of an earlier version under load.
# Builds what it needs. The last line is "N passed, N failed, N skipped".
#   SOAK_ROUNDS: rounds of kills and of disconnects (default 50). KILL_SEED, CHAOS_SEED: the seeds of an earlier run, to repeat it.
#   ROTATION_SECONDS: how long tokens are shared (default 120).
#   UPGRADE_REF: the git revision of the earlier version (default HEAD^).
#   SOAK_LIMIT: seconds that the whole run may take (default 150 per round, plus 900).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rounds=${SOAK_ROUNDS:-50}
limit=${SOAK_LIMIT:-$((rounds * 150 + 900))}
seed=${KILL_SEED:-$((RANDOM * 32768 + RANDOM))}
chaos=${CHAOS_SEED:-$((RANDOM * 32768 + RANDOM))}
earlier=${UPGRADE_REF:-HEAD^}
result=$(mktemp)
old=$(mktemp -d)
trap 'rm -f "$result"; git -C "$root" worktree remove --force "$old" 2> /dev/null || true; rm -rf "$old"' EXIT
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

# Prints a number from the <assembly> element of the result file; 0 when there is none.
count() { { grep -o '<assembly [^>]*' "$result" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'; } || printf 0; }

# Builds the hosts of the earlier version.
build_earlier() {
  local host
  git -C "$root" worktree add --quiet --detach "$old" "$earlier"
  for host in Connections.Api Connections.Worker Activities.Worker; do (cd "$old" && dotnet build "src/$host" --verbosity quiet) < /dev/null || return; done
}

cd "$root"
printf '== %s rounds, KILL_SEED=%s CHAOS_SEED=%s\n' "$rounds" "$seed" "$chaos"
code=0
if dotnet build tests/EndToEnd.Tests --verbosity quiet < /dev/null && build_earlier; then
  UPGRADE_FROM=$old/artifacts/bin RESTORE_ROUNDS=5 KILL_ROUNDS=$rounds KILL_SEED=$seed CHAOS_ROUNDS=$rounds CHAOS_SEED=$chaos ROTATION_SECONDS=${ROTATION_SECONDS:-120} timeout --kill-after=30 "$limit" \
    dotnet artifacts/bin/EndToEnd.Tests/debug/EndToEnd.Tests.dll -noLogo -noColor -xml "$result" \
    -class EndToEnd.Tests.Kills.KillTests -class EndToEnd.Tests.Chaos.ChaosTests -class EndToEnd.Tests.Grants.RotationTests \
    -class EndToEnd.Tests.Backups.RestoreTests -class EndToEnd.Tests.Upgrades.UpgradeTests < /dev/null || code=$?
else
  code=$?
fi
passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
[ "$code" = 0 ] || [ "$failed" != 0 ] || printf 'FAILED: ended with exit code %s\n' "$code"
[ "$code" != 0 ] || [ "$passed" != 0 ] || { printf 'FAILED: no test ran\n'; code=1; }
printf 'KILL_SEED=%s CHAOS_SEED=%s\n%s passed, %s failed, %s skipped\n' "$seed" "$chaos" "$passed" "$failed" "$skipped"
exit "$code"
