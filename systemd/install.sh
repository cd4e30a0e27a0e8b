#!/bin/sh
# Installs or upgrades Inkwatch as a service on Raspberry Pi OS, 64-bit: Bookworm or Trixie.
# `--help` says what may be typed; docs/operations.md what lies where.
#
# A release is built whole in a folder of its own and tested there. Only then is one link turned to
# it, so that whatever fails before leaves what was installed as it was, and what fails after is
# turned back.
set -eu
umask 022
LC_ALL=C.UTF-8
export LC_ALL

home=/opt/inkwatch
config_folder=/etc/inkwatch
state_folder=/var/lib/inkwatch
unit_file=/etc/systemd/system/inkwatch.service
sysusers_file=/etc/sysusers.d/inkwatch.conf
command_link=/usr/local/bin/inkwatch
log=/var/log/inkwatch-install.log
here=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$here")

needs_disk_mb=800
needs_memory_mb=380
start_wait_s=60
reading_wait_s=60

dry_run=no start=yes camera_packages=yes

usage() {
    cat <<USAGE
usage: sudo sh systemd/install.sh [--dry-run] [--no-start] [--without-camera-packages]

Installs Inkwatch into $home as a service, or upgrades it. Settings in $config_folder and what
waits for the broker in $state_folder stay as they are.

  --dry-run                  show every step and do nothing
  --no-start                 install and enable, but do not start now
  --without-camera-packages  leave out python3-picamera2: for USB cameras, pictures and videos
USAGE
}

# --- Talking ------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
fail() {
    printf 'inkwatch was not installed: %s\n' "$*" >&2
    exit 1
}

# What would stop a real run is only shown by a dry one.
refuse() {
    [ "$dry_run" = yes ] || fail "$*"
    warn "a real run would stop here: $*"
}

# Runs a command, or shows it.
run() {
    if [ "$dry_run" = yes ]; then
        printf '   %s\n' "$*"
    else
        "$@"
    fi
}

# The same, with what the command says kept in the log.
quietly() {
    if [ "$dry_run" = yes ]; then
        printf '   %s\n' "$*"
        return
    fi
    printf '\n$ %s\n' "$*" >>"$log"
    logged=$(wc -c <"$log")
    "$@" >>"$log" 2>&1
}

# What the last command said, its end.
end_of_log() { tail -c "+$((logged + 1))" "$log" | tail -n 12 | sed 's/^/   | /' >&2; }

# --- What is there ------------------------------------------------------------------------------

has_systemd() { [ -d /run/systemd/system ] || [ "$dry_run" = yes ]; }
installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
in_apt() { apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]'; }
unit_state() { systemctl show --property "$1" --value inkwatch.service; }

check_machine() {
    step "Looking at this machine"
    [ "$(id -u)" = 0 ] || refuse "this needs root. Give the command with sudo."
    os_name=unknown os_codename=
    if [ -r /etc/os-release ]; then
        # shellcheck source=/dev/null
        os_name=$(. /etc/os-release && printf %s "${PRETTY_NAME:-unknown}")
        # shellcheck source=/dev/null
        os_codename=$(. /etc/os-release && printf %s "${VERSION_CODENAME:-}")
    fi
    case $os_codename in
        bookworm | trixie) ;;
        *) refuse "this is made for Raspberry Pi OS Bookworm and Trixie, and here is $os_name. docs/install-pi.md tells how to install by hand." ;;
    esac
    architecture=$(dpkg --print-architecture 2>/dev/null || uname -m)
    case $architecture in
        arm64) ;;
        amd64) warn "this is no Raspberry Pi: cameras on USB, pictures and videos can be read." ;;
        armhf | armel) refuse "this system has 32 bits, which the installer does not support. Put the 64-bit Raspberry Pi OS on the card, or install by hand: docs/install-pi.md." ;;
        *) refuse "there are no packages for this processor ($architecture)." ;;
    esac
    memory_mb=$(($(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo) / 1024))
    [ "$memory_mb" -ge "$needs_memory_mb" ] ||
        warn "there are $memory_mb MB of memory; below $needs_memory_mb MB large pages may not fit."
    place=$home
    while [ ! -d "$place" ]; do place=$(dirname "$place"); done
    disk_mb=$(($(df -Pk "$place" | awk 'NR == 2 { print $4 }') / 1024))
    [ "$disk_mb" -ge "$needs_disk_mb" ] ||
        refuse "$disk_mb MB are free on the disk and $needs_disk_mb MB are needed. Make room: sudo apt clean"
    say "$os_name, $architecture, $memory_mb MB of memory, $disk_mb MB free"
}

# --- Packages of the system ---------------------------------------------------------------------

install_packages() {
    step "Packages of the system"
    packages="python3 python3-venv procps"
    missing=
    for package in $packages; do
        installed "$package" || missing="$missing $package"
    done
    wants_camera=no
    if [ "$camera_packages" = yes ] && ! installed python3-picamera2; then wants_camera=yes; fi
    if [ -z "$missing" ] && [ "$wants_camera" = no ]; then
        say "All are there."
        return
    fi
    set -- env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120
    # One foreign source that does not answer need not matter: what is missing decides.
    fresh_lists=yes
    quietly "$@" update -o APT::Update::Error-Mode=any || fresh_lists=no
    if [ "$wants_camera" = yes ]; then
        if [ "$dry_run" = yes ] || in_apt python3-picamera2; then
            missing="$missing python3-picamera2"
        elif [ "$fresh_lists" = no ]; then
            apt_failed
        else
            warn "apt has no python3-picamera2 here: it comes with Raspberry Pi OS. Cameras on the ribbon cable cannot be used; USB cameras can."
        fi
    fi
    # shellcheck disable=SC2086  # the packages' names are words of their own
    [ -z "$missing" ] || quietly "$@" install --yes --no-install-recommends $missing || apt_failed
}

apt_failed() {
    end_of_log
    fail "apt could not fetch or install packages. Is the network up? What apt said is in $log; then give the same command again."
}

# --- A release, whole and tested ----------------------------------------------------------------

build_release() {
    version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$source/device/inkwatch/_version.py")
    release=$home/releases/$version-$(date +%Y%m%d-%H%M%S)
    step "Inkwatch $version into $release"
    run mkdir -p "$home/releases"
    [ "$dry_run" = yes ] || unfinished=$release
    # picamera2 and libcamera come from apt: the environment looks outside itself.
    quietly /usr/bin/python3 -m venv --system-site-packages "$release" ||
        venv_failed
    keep_numpy
    say "Fetching what it needs; on a slow network or card this takes some minutes ..."
    set -- --disable-pip-version-check --no-input --timeout 30 --constraint "$release/constraints.txt"
    quietly "$release/bin/python" -m pip install "$@" "${source}[mqtt]" || pip_failed
    run cp "$here/inkwatch.service" "$release/inkwatch.service"
    say "Testing that it computes right on this machine ..."
    quietly "$release/bin/inkwatch" models --check || check_failed
    if [ -e "$config_folder/config.toml" ]; then
        # As the service's user, where there is one already: it is who must be able to read files.
        set --
        if id inkwatch >/dev/null 2>&1; then set -- runuser -u inkwatch --; fi
        quietly "$@" "$release/bin/inkwatch" config check --config "$config_folder/config.toml" || config_failed
    fi
}

# picamera2 and libcamera were built against apt's NumPy: it stays, and pip fits the rest to it.
keep_numpy() {
    if [ "$dry_run" = yes ]; then
        say "   (write apt's version of NumPy into $release/constraints.txt)"
        return
    fi
    "$release/bin/python" -I -c '
from importlib.metadata import PackageNotFoundError, version
try:
    print("numpy==" + version("numpy"))
except PackageNotFoundError:
    pass
' >"$release/constraints.txt"
}

as_it_was() {
    if [ -e "$home/current" ]; then
        printf 'What was installed before stays as it was.'
    else
        printf 'Nothing is left behind.'
    fi
}

venv_failed() {
    end_of_log
    fail "Python could not make an environment; the lines above say why. $(as_it_was)"
}

pip_failed() {
    end_of_log
    fail "pip could not fetch or install what Inkwatch needs. Is the network up? What pip said is in $log. $(as_it_was) Then give the same command again."
}

check_failed() {
    end_of_log
    fail "the model does not compute right with the packages that pip chose; the lines above say more. $(as_it_was)"
}

config_failed() {
    end_of_log
    fail "this version does not take the settings in $config_folder/config.toml; the lines above say which. $(as_it_was)"
}

# --- Into the system ----------------------------------------------------------------------------

install_user_and_config() {
    step "User and settings"
    run install -D -m 0644 "$here/inkwatch.sysusers.conf" "$sysusers_file"
    quietly systemd-sysusers "$sysusers_file" || fail "the user inkwatch could not be made: see $log"
    run install -d -m 0755 "$config_folder"
    run install -d -m 0700 "$config_folder/credentials"
    if [ -e "$config_folder/config.toml" ]; then
        say "$config_folder/config.toml stays as it is."
    else
        run install -m 0644 "$here/config.toml" "$config_folder/config.toml"
    fi
}

# Turns the link to a release in one step, and puts its unit in place.
switch_to() {
    run cp "$1/inkwatch.service" "$unit_file.new"
    run mv -f "$unit_file.new" "$unit_file"
    run ln -sfn "$1" "$home/current.new"
    run mv -fT "$home/current.new" "$home/current"
    if has_systemd; then run systemctl daemon-reload; fi
}

install_service() {
    step "Service"
    fresh=yes
    [ ! -e "$unit_file" ] || fresh=no
    before=$(readlink "$home/current" 2>/dev/null || true)
    switch_to "$release"
    unfinished=
    # The command alone: a Python reached through such a link would not find its environment.
    run mkdir -p "$home/bin"
    run ln -sfn ../current/bin/inkwatch "$home/bin/inkwatch"
    if [ ! -e "$command_link" ] || [ -L "$command_link" ]; then
        run ln -sfn "$home/bin/inkwatch" "$command_link"
    fi
    if [ "$fresh" = yes ]; then
        quietly systemctl enable inkwatch.service || fail "the service could not be enabled: see $log"
    elif ! systemctl is-enabled --quiet inkwatch.service; then
        say "The service is not enabled, and stays so."
    fi
}

start_service() {
    if ! has_systemd; then
        warn "systemd does not run here: the service starts when the system does."
        return
    fi
    if [ "$start" = no ]; then
        say "Not started. To start it: sudo systemctl start inkwatch"
        return
    fi
    if [ "$fresh" = no ] && [ "$dry_run" = no ] && ! systemctl is-enabled --quiet inkwatch.service &&
        ! systemctl is-active --quiet inkwatch.service; then
        return
    fi
    step "Starting"
    run systemctl reset-failed inkwatch.service 2>/dev/null || true
    started_at=$(date '+%Y-%m-%d %H:%M:%S')
    run systemctl restart --no-block inkwatch.service
    [ "$dry_run" = no ] || return 0
    if wait_until_up; then
        return
    fi
    journal_since_start | tail -n 8 | sed 's/^/   | /' >&2
    if [ -n "$before" ] && [ -d "$before" ]; then
        switch_to "$before"
        systemctl reset-failed inkwatch.service 2>/dev/null || true
        systemctl restart --no-block inkwatch.service
        rm -rf "$release"
        fail "the new version does not run; the lines above say why. The version before is back and starts."
    fi
    printf 'Inkwatch is installed but does not run; the lines above say why. Mend that, then: sudo systemctl restart inkwatch\n' >&2
    exit 1
}

# Waits until the service runs. One that still waits for its camera counts: its software is well.
wait_until_up() {
    waited=0
    while [ "$waited" -lt "$start_wait_s" ]; do
        case $(unit_state ActiveState) in
            active) return 0 ;;
            failed | inactive) [ "$waited" -lt 3 ] || return 1 ;;
        esac
        [ "$(unit_state NRestarts)" -lt 3 ] || return 1
        sleep 1
        waited=$((waited + 1))
    done
    [ "$(unit_state ActiveState)" = activating ] && [ "$(unit_state NRestarts)" = 0 ]
}

journal_since_start() {
    journalctl --unit inkwatch.service --since "$started_at" --output cat --no-pager 2>/dev/null
}

# Not where one of them still runs: it loads files of its own until it ends.
remove_old_releases() {
    [ -d "$home/releases" ] || return 0
    if [ -z "${started_at:-}" ] && has_systemd && systemctl is-active --quiet inkwatch.service; then
        return 0
    fi
    for old in "$home/releases"/*; do
        if [ -d "$old" ] && [ "$old" != "$release" ]; then run rm -rf "$old"; fi
    done
}

# Readings are the lines of level notice: what the service writes to standard output.
show_first_reading() {
    [ "$dry_run" = no ] || return 0
    [ "$(unit_state ActiveState)" = active ] || {
        say "It runs and waits for its camera. What keeps it from reading:"
        "$home/bin/inkwatch" doctor || true
        return 0
    }
    step "It runs. Show it a page (waiting $reading_wait_s s; Ctrl-C ends only the waiting)"
    trap 'say ""; exit 0' INT
    waited=0
    while [ "$waited" -lt "$reading_wait_s" ]; do
        reading=$(journalctl --unit inkwatch.service --since "$started_at" --priority notice..notice \
            --output cat --no-pager 2>/dev/null | grep -v '^[[:space:]]*$' | head -n 10)
        if [ -n "$reading" ]; then
            printf '%s\n' "$reading" | sed 's/^/   /'
            return 0
        fi
        sleep 1
        waited=$((waited + 1))
    done
    say "Nothing was read yet. What keeps it from reading:"
    "$home/bin/inkwatch" doctor || true
}

finish() {
    step "Done"
    say "Settings:       $config_folder/config.toml   (then: sudo systemctl reload inkwatch)"
    say "Readings:       journalctl -u inkwatch -p 5..5 -o cat -f"
    say "What is wrong:  sudo inkwatch doctor"
    say "Broker's password: in $config_folder/credentials/mqtt-password, then sudo systemctl restart inkwatch"
}

stopped() {
    printf '\nStopped. %s\n' "$(as_it_was)" >&2
    exit "$1"
}

cleanup() {
    status=$?
    trap - EXIT
    if [ -n "$unfinished" ]; then
        rm -rf "$unfinished"
        # Only where nothing else is there.
        rmdir "$home/releases" "$home" 2>/dev/null || true
    fi
    exit "$status"
}

while [ $# -gt 0 ]; do
    case $1 in
        --dry-run) dry_run=yes ;;
        --no-start) start=no ;;
        --without-camera-packages) camera_packages=no ;;
        -h | --help)
            usage
            exit 0
            ;;
        *)
            printf 'unknown: %s\n' "$1" >&2
            usage >&2
            exit 2
            ;;
    esac
    shift
done

unfinished=
trap cleanup EXIT
trap 'stopped 130' INT
trap 'stopped 143' TERM

check_machine
if [ "$dry_run" = no ]; then
    exec 9>/run/inkwatch-install.lock
    flock -n 9 || fail "another installation runs. Wait for it to end."
    : >"$log"
fi
install_packages
build_release
install_user_and_config
install_service
start_service
remove_old_releases
if [ -n "${started_at:-}" ]; then show_first_reading; fi
finish
