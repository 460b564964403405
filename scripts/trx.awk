# Reads a test result file (trx). Given once with mode=count it prints `passed failed skipped`; given twice with
# mode=failed, skipped or output it prints the tests in question with their reason (the class names stand behind the
# results, hence the two readings).
BEGIN { RS = "<" }

function attribute(name,    rest, from) {
  from = index($0, " " name "=\"")
  if (from == 0) return ""
  rest = substr($0, from + length(name) + 3)
  return plain(substr(rest, 1, index(rest, "\"") - 1))
}

function plain(text) {
  gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "'", text)
  gsub(/&#x[0-9A-Fa-f]+;/, " ", text); gsub(/&amp;/, "\\&", text)
  return text
}

# What follows the tag that this record opens.
function content(    text) {
  text = substr($0, index($0, ">") + 1)
  gsub(/\r/, "", text); sub(/^[ \n]+/, "", text); sub(/[ \n]+$/, "", text)
  return plain(text)
}

function finish(    name, lines, count, i) {
  if (result == "") return
  kind = outcome == "Passed" ? "passed" : outcome ~ /^(Failed|Error|Timeout|Aborted)$/ ? "failed" : "skipped"
  total[kind]++
  name = class[result] "." title
  if (mode == "skipped" && kind == "skipped") {
    sub(/\n.*/, "", message)
    printf "skipped: %s: %s\n", name, message == "" ? "no reason given" : message
  }
  if (mode == "failed" && kind == "failed") {
    sub(/\n.*/, "", message)
    printf "failed: %s: %s\n", name, message
  }
  if (mode == "output" && kind != "skipped" && output != "") {
    printf "%s %s (%s)\n", substr(duration, 1, 12), name, kind
    count = split(output, lines, "\n")
    for (i = 1; i <= count; i++) printf "    %s\n", lines[i]
  }
  result = ""
}

/^UnitTest[ >]/ { unit = attribute("id") }
/^TestMethod / { if (unit != "") class[unit] = attribute("className") }

mode != "count" && FNR == NR { next }

/^UnitTestResult / {
  finish()
  result = attribute("testId"); title = attribute("testName"); outcome = attribute("outcome")
  duration = attribute("duration"); message = ""; output = ""
}
/^StdOut>/ { if (result != "") output = content() }
/^Message>/ { if (result != "") message = content() }
/^\/Results>/ { finish() }

END {
  finish()
  if (mode == "count") printf "%d %d %d\n", total["passed"], total["failed"], total["skipped"]
}
