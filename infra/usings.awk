# Prints each file whose using directives are not in order: namespaces, then static ones, then aliases; System first in each group, then by
# name.
# `dotnet format` checks the same rule, but has to load every project for that.
function rank(line,   kind, name) {
  name = line
  sub(/^using +/, "", name)
  sub(/;.*/, "", name)
  kind = name ~ /=/ ? 3 : name ~ /^static / ? 2 : 1
  sub(/^static +/, "", name)
  sub(/ *=.*/, "", name)
  gsub(/\./, "\001", name) # compare part by part: A.B comes before A1
  return kind (kind < 3 && name ~ /^System($|\001)/ ? 1 : 2) tolower(name)
}
FNR == 1 { last = ""; open = 1; bad = 0 }
/^namespace |^\[|^(public|internal|file|sealed|static|abstract) / { open = 0 }
open && /^using +(static +)?[A-Za-z_][A-Za-z0-9_.]*( *=.*)?;/ {
  now = rank($0)
  if (now < last && !bad) { printf "%s:%d: the using directives are not in order\n", FILENAME, FNR; bad = 1; code = 1 }
  last = now
}
END { exit code }
