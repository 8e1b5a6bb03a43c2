#!/usr/bin/env bash
# Runs the long tests, and checks the invariants of the service after each: kills Standalone repeatedly under load; kills and disconnects
# hosts and servers of a whole deployment; lets four processes share the tokens of fifty connections; restores a backup made under load; and
# replaces the hosts of an earlier version under load. Then tries the decoders of foreign input with inputs that nobody wrote.
# Builds what it needs. The last line is "N passed, N failed, N skipped".
#   SOAK_ROUNDS: rounds of kills and of disconnects (default 50). KILL_SEED, CHAOS_SEED: the seeds of an earlier run, to repeat it.
#   ROTATION_SECONDS: how long tokens are shared (default 120).
#   FUZZ_SECONDS: how long the decoders are tried (default 3600). FUZZ_SEED: the seed of an earlier run, to repeat it.
#   UPGRADE_REF: the git revision of the earlier version (default HEAD^).
#   SOAK_LIMIT: seconds that the run without the decoders may take (default 150 per round, plus 900).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rounds=${SOAK_ROUNDS:-50}
limit=${SOAK_LIMIT:-$((rounds * 150 + 900))}
seed=${KILL_SEED:-$((RANDOM * 32768 + RANDOM))}
chaos=${CHAOS_SEED:-$((RANDOM * 32768 + RANDOM))}
fuzz=${FUZZ_SEED:-$((RANDOM * 32768 + RANDOM))}
fuzz_seconds=${FUZZ_SECONDS:-3600}
earlier=${UPGRADE_REF:-HEAD^}
result=$(mktemp)
fuzzed=$(mktemp)
old=$(mktemp -d)
trap 'rm -f "$result" "$fuzzed"; git -C "$root" worktree remove --force "$old" 2> /dev/null || true; rm -rf "$old"' EXIT
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

# Prints the sum of a number of the <assembly> elements of the result files; 0 when there is none.
count() { { grep -oh '<assembly [^>]*' "$result" "$fuzzed" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' || true; } | awk '{ n += $1 } END { print n + 0 }'; }

# Builds the hosts of the earlier version.
build_earlier() {
  local host
  git -C "$root" worktree add --quiet --detach "$old" "$earlier"
  for host in Connections.Api Connections.Worker Activities.Worker; do (cd "$old" && dotnet build "src/$host" --verbosity quiet) < /dev/null || return; done
}

cd "$root"
printf '== %s rounds, KILL_SEED=%s CHAOS_SEED=%s FUZZ_SEED=%s\n' "$rounds" "$seed" "$chaos" "$fuzz"
code=0
if dotnet build tests/EndToEnd.Tests --verbosity quiet < /dev/null && build_earlier; then
  UPGRADE_FROM=$old/artifacts/bin RESTORE_ROUNDS=5 KILL_ROUNDS=$rounds KILL_SEED=$seed CHAOS_ROUNDS=$rounds CHAOS_SEED=$chaos ROTATION_SECONDS=${ROTATION_SECONDS:-120} timeout --kill-after=30 "$limit" \
    dotnet artifacts/bin/EndToEnd.Tests/debug/EndToEnd.Tests.dll -noLogo -noColor -xml "$result" \
    -class EndToEnd.Tests.Kills.KillTests -class EndToEnd.Tests.Chaos.ChaosTests -class EndToEnd.Tests.Grants.RotationTests \
    -class EndToEnd.Tests.Backups.RestoreTests -class EndToEnd.Tests.Upgrades.UpgradeTests < /dev/null || code=$?
else
  code=$?
fi
if [ "$fuzz_seconds" -gt 0 ]; then
  { dotnet build tests/Fuzz.Tests --verbosity quiet < /dev/null && FUZZ_SEED=$fuzz FUZZ_SECONDS=$fuzz_seconds timeout --kill-after=30 $((fuzz_seconds + 300)) \
    dotnet artifacts/bin/Fuzz.Tests/debug/Fuzz.Tests.dll -noLogo -noColor -xml "$fuzzed" < /dev/null; } || code=$?
fi
passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
[ "$code" = 0 ] || [ "$failed" != 0 ] || printf 'FAILED: ended with exit code %s\n' "$code"
[ "$code" != 0 ] || [ "$passed" != 0 ] || { printf 'FAILED: no test ran\n'; code=1; }
printf 'KILL_SEED=%s CHAOS_SEED=%s FUZZ_SEED=%s\n%s passed, %s failed, %s skipped\n' "$seed" "$chaos" "$fuzz" "$passed" "$failed" "$skipped"
exit "$code"
