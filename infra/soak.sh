#!/usr/bin/env bash
# Kills Standalone again and again while it works; then kills and cuts off hosts and servers of a whole deployment; then lets four processes
# share the tokens of fifty connections; then restores a backup made under load, and replaces the hosts of an earlier version while they work; and looks each time whether the promises were kept.
# Builds what it needs. The last line is "N passed, N failed, N skipped".
#   SOAK_ROUNDS: how often each is struck (default 50). KILL_SEED, CHAOS_SEED: of an earlier run, to try it again.
#   ROTATION_SECONDS: how long tokens are shared (default 120).
#   UPGRADE_REF: the earlier version, as git names it (default HEAD^).
#   SOAK_LIMIT: seconds that all may take (default 150 for each round, and 900).
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

# a number from the <assembly> element of the result file; 0 where there is none
count() { { grep -o '<assembly [^>]*' "$result" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'; } || printf 0; }

# the hosts of the earlier version
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
