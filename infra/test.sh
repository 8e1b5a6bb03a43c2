#!/usr/bin/env bash
# Installs what the tests need, restores, checks the format, builds, and runs every test project.
# The last line is "N passed, N failed, N skipped". The ten slowest tests come before it. The run fails on an empty run, a crash, a timeout,
# a skip that is not in infra/allowed-skips.txt, and a project that takes longer than its budget in infra/test-budgets.txt.
#   TEST_LIMIT: seconds that one test project may take (default 1500). A test that takes longer than 2 minutes is named while it runs.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
limit=${TEST_LIMIT:-1500}
allowed=$root/infra/allowed-skips.txt
budgets=$root/infra/test-budgets.txt
results=$(mktemp -d)
passed=0 failed=0 skipped=0
reasons=()
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

say() { printf '%s\n' "$*"; }
wrong() { reasons+=("$*"); }

finish() {
  local code=$? reason
  [ "$code" = 0 ] || [ ${#reasons[@]} -gt 0 ] || wrong "stopped with exit code $code"
  jobs -pr | xargs -r kill 2> /dev/null || true
  say ""
  slowest
  rm -rf "$results"
  say ""
  for reason in ${reasons[@]+"${reasons[@]}"}; do say "FAILED: $reason"; done
  say "$passed passed, $failed failed, $skipped skipped"
  [ ${#reasons[@]} = 0 ] || exit 1
}
trap finish EXIT
trap 'exit 130' INT TERM

step() {
  local name=$1 from=$SECONDS
  shift
  say "== $name"
  if ! "$@" < /dev/null; then
    wrong "$name: $*"
    exit 1
  fi
  say "== $name took $((SECONDS - from)) s"
}

# Prints a number from the <assembly> element of a result file.
count() { grep -o '<assembly [^>]*' "$1" | grep -o " $2=\"[0-9]*\"" | grep -o '[0-9]*'; }

# Prints the <test> elements of result files, one per line.
tests() { sed 's/<test /\n<test /g' "$@" | grep '^<test ' || true; }

# Prints the names of the skipped tests.
skips() { tests "$1" | sed -n 's/.*<test [^>]* name="\([^"]*\)"[^>]* result="Skip".*/\1/p'; }

# Prints the names of the failed tests, each with the beginning of its message.
failures() { tests <(tr '\n' ' ' < "$1") | sed -n 's/.*<test [^>]* name="\([^"]*\)"[^>]* result="Fail"[^>]*>\(<failure[^>]*><message>\)\{0,1\}\([^<]*\).*/\1: \3/p' | cut -c1-600; }

# Prints the seconds that a project may take.
budget() { awk -v name="$1" '$1 == name { print $2 }' "$budgets"; }

# Prints the ten slowest tests of all projects, with their seconds.
slowest() {
  local files=("$results"/*.xml)
  [ -f "${files[0]}" ] || return 0
  say "The ten slowest tests, in seconds:"
  tests "${files[@]}" | sed -n 's/^<test [^>]* name="\([^"]*\)"[^>]* time="\([0-9.]*\)".*/\2 \1/p' | sort -rn | head -n 10 || true
}

# Checks that each project has a budget, and each budget a project.
budgets_fit() {
  local name
  for name in "$@"; do
    [[ $(budget "$name") =~ ^[1-9][0-9]*$ ]] || wrong "$name has no budget in infra/test-budgets.txt"
  done
  while read -r name; do
    [[ " $* " = *" $name "* ]] || wrong "infra/test-budgets.txt names $name, which is not a test project"
  done < <(awk '/^[^#]/ { print $1 }' "$budgets")
  [ ${#reasons[@]} = 0 ] || exit 1
}

# Checks the layout of every file. The build checks the style.
format() {
  dotnet format whitespace . --folder --exclude artifacts --verify-no-changes &&
    find . -path ./artifacts -prune -o -name '*.cs' -print0 | LC_ALL=C xargs -0 awk -f infra/usings.awk
}

# Runs the tests of one project, and stores the exit code, the seconds, and the seconds of CPU that it and its processes used.
execute() {
  local name=$1 from=$SECONDS code=0 TIMEFORMAT='%U %S'
  {
    time timeout --kill-after=30 "$limit" dotnet "$root/artifacts/bin/$name/debug/$name.dll" -noLogo -noColor -longRunning 120 \
      -result-xml "$results/$name.xml" < /dev/null 2>&3 || code=$?
  } 3>&2 2> "$results/$name.cpu"
  echo "$code $((SECONDS - from))" > "$results/$name.end"
}

# Counts the results of one project.
judge() {
  local name=$1 file=$results/$1.xml code took total bad test
  read -r code took < "$results/$name.end"
  say "== $name took $took s, $(awk '{ printf "%.0f", $1 + $2 }' "$results/$name.cpu") s of CPU"
  [ "$took" -le "$(budget "$name")" ] || wrong "$name took $took s, more than its budget of $(budget "$name") s"
  [ "$code" != 124 ] && [ "$code" != 137 ] || wrong "$name took longer than $limit s"
  if ! total=$(count "$file" total 2> /dev/null); then
    wrong "$name ended with exit code $code and wrote no result"
    return
  fi
  bad=$(count "$file" failed)
  passed=$((passed + $(count "$file" passed)))
  failed=$((failed + bad))
  skipped=$((skipped + $(count "$file" skipped)))
  [ "$bad" = 0 ] || wrong "$name: $bad of $total tests failed"
  [ "$(count "$file" errors)" = 0 ] || wrong "$name: errors outside of tests"
  [ "$code" = 0 ] || [ "$bad" != 0 ] || wrong "$name ended with exit code $code"
  [ "$total" -gt 0 ] && [ "$(count "$file" passed)" -gt 0 ] || wrong "$name ran no test"
  while read -r test; do wrong "$name: failed: $test"; done < <(failures "$file")
  while read -r test; do
    grep -qxF "$test" "$allowed" || wrong "$name: skipped, but not in infra/allowed-skips.txt: $test"
  done < <(skips "$file")
}

run() {
  say "== $1"
  execute "$1"
  judge "$1"
}

# Runs the first project, and beside it the others one after another. Their output is printed after that of the first one.
run_beside() {
  local first=$1 name
  shift
  say "== $first, beside $*"
  for name in "$@"; do execute "$name" > "$results/$name.log" 2>&1; done &
  execute "$first"
  wait
  for name in "$@"; do cat "$results/$name.log"; done
  for name in "$first" "$@"; do judge "$name"; done
}

cd "$root"
projects=(tests/*.Tests/)
[ -d "${projects[0]}" ] || { wrong "there are no test projects"; exit 1; }
budgets_fit $(basename -a "${projects[@]}")
step "services" bash infra/services.sh install all
step "restore" dotnet restore
step "format" format
step "build" dotnet build --no-restore --verbosity quiet
# Hosts.Tests, Worker.Tests, and Connectors.Tests mostly wait for servers and for limits, so others run beside them.
run_beside Hosts.Tests Worker.Tests
run EndToEnd.Tests
others=()
for name in $(basename -a "${projects[@]}"); do
  case $name in
    Hosts.Tests | Worker.Tests | EndToEnd.Tests | Connectors.Tests | Console.Tests) ;;
    *) others+=("$name") ;;
  esac
done
run_beside Connectors.Tests "${others[@]}"
run Console.Tests # a browser and the service use both cores
[ $((passed + failed)) -gt 0 ] || wrong "no test ran at all"
