#!/usr/bin/env bash
# Installs what the tests use besides Python packages: on Debian 12 or newer, as root. Run it again
# whenever you like: what is there is left alone.
set -euo pipefail

debian=(
  busybox-static ca-certificates chromium debootstrap docker.io iproute2 logrotate make mtail
  openssh-client openssl python3 python3-venv systemd-container tzdata
)
# Another's Node.js brings an npm of its own and refuses Debian's.
command -v npm >/dev/null || debian+=(nodejs npm)
readonly debian
# "package file": Debian 12 has these too old; the programs from Debian sid run there unchanged.
# Each goes from /usr/… to /usr/local/… without its package, so nothing of the system changes; but
# Alertmanager looks for its templates, which others embed, in one place only.
readonly sid=(
  "prometheus /usr/bin/prometheus"
  "promtool /usr/bin/promtool"
  "prometheus-alertmanager /usr/bin/prometheus-alertmanager"
  "prometheus-alertmanager /usr/bin/amtool"
  "prometheus-alertmanager /usr/share/prometheus/alertmanager/default.tmpl"
  "prometheus-alertmanager /usr/share/prometheus/alertmanager/email.tmpl"
  "docker-compose /usr/libexec/docker/cli-plugins/docker-compose"
)
readonly cache=/var/cache/eventdeck/sid
readonly policy=/usr/sbin/policy-rc.d
readonly lock_seconds=300
log=$(mktemp)
readonly log

say() { printf 'system packages: %s\n' "$*"; }

die() {
  tail -n 25 "$log" >&2
  say "$*" >&2
  exit 1
}

# Waits for the locks that another apt or dpkg holds; a new machine updates itself in its first minutes.
quiet_apt() {
  local until=$((SECONDS + lock_seconds))
  while ! apt-get -q -y -o DPkg::Lock::Timeout="$lock_seconds" "$@" </dev/null >"$log" 2>&1; do
    grep -q 'Could not get lock' "$log" && ((SECONDS < until)) || return 1
    sleep 2
  done
}

is_installed() { [[ $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) == 'install ok installed' ]]; }

local_path() {
  case $1 in
    *.tmpl) printf '%s' "$1" ;;
    *) printf '/usr/local/%s' "${1#/usr/}" ;;
  esac
}

start_no_services() {
  [[ -e $policy ]] && return
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy" "$log"' EXIT
}

# A list that fails (a third party's, say) is no reason to stop: what matters is what installs next.
refresh_lists() { quiet_apt update || say "apt-get update complained: $(grep -m1 '^[EW]:' "$log")"; }

install_from_debian() {
  local missing=() package
  for package in "${debian[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  refresh_lists
  quiet_apt install --no-install-recommends "${missing[@]}" ||
    die "apt-get cannot install ${missing[*]}; what it said stands above"
}

# The mirror this machine already uses for Debian, as apt itself reads its sources.
mirror() {
  # shellcheck disable=SC2016 # the $( is for apt
  apt-get indextargets --format '$(REPO_URI)' \
    'Identifier: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' | head -n 1
}

# apt with sid as its only source and lists of its own: the machine's stay as they are, and the
# signature of the archive and the checksum of every file are apt's business. A list past its date is
# taken too: a mirror that stands still for weeks still serves signed, older programs.
sid_apt() {
  quiet_apt -o Dir::Etc::SourceList="$cache/debian.sources" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
    -o Dir::State::Lists="$cache/lists" -o Dir::Cache="$cache/cache" \
    -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

point_at_sid() {
  local uri
  uri=$(mirror)
  if [[ -z $uri ]]; then
    refresh_lists
    uri=$(mirror)
  fi
  [[ -n $uri ]] || die "no Debian archive in this machine's apt sources: add one, then run this again"
  mkdir -p "$cache"/{lists,cache,root}
  printf 'Types: deb\nURIs: %s\nSuites: sid\nComponents: main\nSigned-By: %s\n' "$uri" \
    /usr/share/keyrings/debian-archive-keyring.gpg >"$cache/debian.sources"
  sid_apt update || die "the package lists of Debian sid cannot be read from $uri"
}

install_from_sid() {
  local packages=() line package file
  for line in "${sid[@]}"; do
    read -r package file <<<"$line"
    [[ -e $(local_path "$file") ]] || packages+=("$package")
  done
  ((${#packages[@]})) || return 0
  mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
  say "installing from Debian sid: ${packages[*]}"
  point_at_sid
  (cd "$cache" && rm -f ./*.deb && sid_apt download "${packages[@]}") ||
    die "cannot download ${packages[*]} from Debian sid"
  for package in "${packages[@]}"; do
    dpkg -x "$cache/${package}"_*.deb "$cache/root"
  done
  for line in "${sid[@]}"; do
    read -r package file <<<"$line"
    [[ ! -e $cache/root$file ]] || install -D -m 755 "$cache/root$file" "$(local_path "$file")"
  done
  rm -rf "$cache"
}

report() {
  local line package file path version
  dpkg-query -W -f 'system packages: ${Package} ${Version}\n' "${debian[@]}"
  for line in "${sid[@]}"; do
    read -r package file <<<"$line"
    path=$(local_path "$file")
    [[ $path != *.tmpl ]] || continue
    version=$("$path" --version 2>&1) || die "$path does not run here: $version"
    [[ $version =~ version\ ([^ ,]+) ]] || die "$path does not say its version: $version"
    say "${file##*/} ${BASH_REMATCH[1]} (Debian sid)"
  done
}

main() {
  trap 'rm -f "$log"' EXIT
  command -v apt-get >/dev/null ||
    die "this script knows Debian; elsewhere install the programs it names by hand"
  ((EUID == 0)) || die "run this as root: sudo bash tests/system-packages.sh"
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
  start_no_services
  install_from_debian
  install_from_sid
  report
}

main
