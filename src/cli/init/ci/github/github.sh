#!/usr/bin/env bash
# What the workflows say on GitHub: one comment on each pull request, one issue about drift, and the label store-pending on
# pull requests that are merged and not applied yet. Needs curl and jq, and GITHUB_TOKEN.
set -euo pipefail

label=store-pending
drift_label=store-drift
issue_mark='<!-- storeward drift -->'

# Calls the API: METHOD, a path below the repository, further arguments of curl.
api() {
  local retries=3
  # What makes something new is not sent twice.
  if [[ $1 == POST ]]; then retries=0; fi
  curl --silent --show-error --fail-with-body --max-time 60 --retry "$retries" --request "$1" \
    --header "Authorization: Bearer $GITHUB_TOKEN" --header 'Accept: application/vnd.github+json' \
    --header 'X-GitHub-Api-Version: 2022-11-28' "${@:3}" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$2"
}

# Sends JSON from standard input, and shows no answer: METHOD, path.
send() {
  api "$1" "$2" --output /dev/null --header 'Content-Type: application/json' --data-binary @-
}

# All entries of a list of the API, one a line: a path with a query.
all() {
  local page entries
  for ((page = 1; ; page++)); do
    entries=$(api GET "$1&per_page=100&page=$page") || return
    jq --compact-output '.[]' <<<"$entries"
    [[ $(jq length <<<"$entries") == 100 ]] || return 0
  done
}

# Storeward's comment on pull request $1; nothing if there is none. What others write is not it, whatever it begins with.
comment() {
  local comments
  comments=$(all "issues/$1/comments?sort=created") || return
  jq --slurp --compact-output \
    'map(select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- storeward v1 ")))) | last // empty' <<<"$comments"
}

# What the first line of a comment says of it: hash, head, run, result.
facts() {
  jq --compact-output '.body | split("\n")[0] | rtrimstr("\r") | ltrimstr("<!-- storeward v1 ") | rtrimstr(" -->") | fromjson' <<<"$1"
}

# Makes a file the comment on a pull request: NUMBER, FILE. `say-again` does so only where there is one already.
say() {
  local known body
  known=$(comment "$1") || return
  body=$(jq --raw-input --slurp '{body: .}' "$2")
  if [[ $known ]]; then
    send PATCH "issues/comments/$(jq .id <<<"$known")" <<<"$body"
  elif [[ ${3:-} != again ]]; then
    send POST "issues/$1/comments" <<<"$body"
  fi
}

# Puts a line above the plan in the comment, where there is one: NUMBER, TEXT. It takes the place of the one before.
note() {
  local known
  if [[ -z $1 ]]; then return 0; fi
  known=$(comment "$1") || return
  if [[ $known ]]; then
    jq --arg note "$2" '{body: (.body | split("\n") | (if .[1] == "> [!NOTE]" then 4 else 1 end) as $rest
      | [.[0], "> [!NOTE]", "> " + $note, ""] + .[$rest:] | join("\n"))}' <<<"$known" |
      send PATCH "issues/comments/$(jq .id <<<"$known")"
  fi
}

# The pull requests that are merged and not applied yet, the one that was merged last first.
pending() {
  local closed
  closed=$(all "issues?labels=$label&state=closed") || return
  jq --slurp --raw-output 'map(select(.pull_request.merged_at)) | sort_by(.pull_request.merged_at) | reverse | .[].number' <<<"$closed"
}

output() {
  echo "$1=$2" >>"$GITHUB_OUTPUT"
}

# Sets `work`, and of what there is to do `number`, `hash`, `run`, which left its plan, and `baseline`.
approved() {
  local number='' hash='' run='' work=true known said merged waiting
  waiting=$(pending)
  case $GITHUB_EVENT_NAME in
    workflow_dispatch)
      hash=$EXPECT
      number=$(head -n 1 <<<"$waiting")
      ;;
    push)
      merged=$(api GET "commits/$GITHUB_SHA/pulls" | jq --compact-output 'map(select(.merged_at)) | last // empty')
      if [[ $merged ]]; then
        number=$(jq .number <<<"$merged")
        known=$(comment "$number")
        if [[ $known ]]; then
          said=$(facts "$known")
          if [[ $(jq 'select(.head == env.GITHUB_SHA) | .result == "ok"' <<<"$said") == true ]]; then work=false; fi
          # Only a plan of what was merged; or what an earlier attempt of this run said, where that was approved.
          hash=$(jq --raw-output --argjson merged "$merged" 'select(.head == $merged.head.sha or .head == env.GITHUB_SHA)
            | select([.result] | inside(["stale", "needs-approval", "invalid"]) | not) | .hash // empty' <<<"$said")
        fi
      fi
      ;;
    schedule)
      # What was merged last decides: it is all that there is on the default branch.
      work=false
      number=$(head -n 1 <<<"$waiting")
      if [[ $number ]]; then
        known=$(comment "$number")
        said=$(if [[ $known ]]; then facts "$known"; fi)
        if [[ $(jq --raw-output .result <<<"$said") == deferred ]]; then
          work=true
          hash=$(jq --raw-output .hash <<<"$said")
          run=$(jq --raw-output .run <<<"$said")
        fi
      fi
      ;;
  esac
  output work "$work"
  output number "$number"
  output hash "$hash"
  output run "$run"
  baseline
}

# Says how an apply ended, and marks what is still to be applied: FILE.
outcome() {
  local number numbers told page
  numbers=$(pending)
  if [[ $RESULT == ok ]]; then
    # All that is on the default branch is applied, whichever pull request brought it.
    told=$(sort --unique <<<"$numbers"$'\n'"$NUMBER")
    for number in $told; do
      say "$number" "$1" again
    done
    for number in $numbers; do
      api DELETE "issues/$number/labels/$label" --output /dev/null
    done
    return
  fi
  if [[ -z $NUMBER ]]; then return; fi
  if [[ $NOW && ($RESULT == stale || $RESULT == needs-approval) ]]; then
    page="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/workflows/store-apply.yml"
    printf '\n**Nothing was applied.** If the plan above is meant, run [Store apply](%s) with its hash, %s; else change the manifests, and plan again in a new pull request.\n' \
      "$page" "$NOW" >>"$1"
  fi
  if [[ -f $1 ]]; then
    say "$NUMBER" "$1"
  else
    note "$NUMBER" "**Not applied**: [the run]($RUN) failed before it could begin."
  fi
  send POST "issues/$NUMBER/labels" <<<"{\"labels\": [\"$label\"]}"
}

# Sets `baseline`: before what is merged and not applied yet, so that this is not taken for drift.
baseline() {
  local numbers commit
  numbers=$(pending)
  if [[ $numbers ]]; then
    commit=$(api GET "pulls/$(tail -n 1 <<<"$numbers")" | jq --raw-output .merge_commit_sha)
    output baseline "git:${commit:0:12}^"
  else
    output baseline auto
  fi
}

# Opens, updates or closes the one issue about drift, by what $DRIFT says: FILE.
drift() {
  local issues known number state body
  issues=$(all "issues?labels=$drift_label&state=all")
  known=$(jq --slurp --compact-output --arg mark "$issue_mark" \
    'map(select(.user.login == "github-actions[bot]" and (.body // "" | startswith($mark)))) | sort_by(.number) | first // empty' <<<"$issues")
  number=$(if [[ $known ]]; then jq .number <<<"$known"; fi)
  state=$(if [[ $known ]]; then jq --raw-output .state <<<"$known"; fi)
  if [[ $DRIFT == true ]]; then
    body=$(jq --raw-input --slurp --arg mark "$issue_mark" \
      '{title: "Store: changed in Partner Center, not in git", state: "open", body: ($mark + "\n" + .)}' "$1")
    if [[ $number ]]; then
      send PATCH "issues/$number" <<<"$body"
    else
      jq --arg name "$drift_label" 'del(.state) + {labels: [$name]}' <<<"$body" | send POST issues
    fi
  elif [[ $state == open ]]; then
    send PATCH "issues/$number" <<<'{"state": "closed", "state_reason": "completed"}'
  fi
}

case $1 in
  note) note "$2" "$3" ;;
  say) say "$2" "$3" ;;
  say-again) say "$2" "$3" again ;;
  approved) approved ;;
  outcome) outcome "$2" ;;
  baseline) baseline ;;
  drift) drift "$2" ;;
esac
