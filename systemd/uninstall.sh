#!/bin/sh
# Takes Inkwatch off this machine. `--help` says what may be typed.
set -eu

home=/opt/inkwatch
config_folder=/etc/inkwatch
state_folder=/var/lib/inkwatch
unit_file=/etc/systemd/system/inkwatch.service
sysusers_file=/etc/sysusers.d/inkwatch.conf
command_link=/usr/local/bin/inkwatch

dry_run=no purge=ask

usage() {
    cat <<USAGE
usage: sudo sh systemd/uninstall.sh [--dry-run] [--purge | --keep]

Removes the service and $home. Asks before it removes $config_folder and $state_folder.

  --dry-run  show every step and do nothing
  --purge    remove settings, passwords, what waits for the broker, and the user, without asking
  --keep     keep them without asking
USAGE
}

say() { printf '%s\n' "$*"; }
run() {
    if [ "$dry_run" = yes ]; then
        printf '   %s\n' "$*"
    else
        "$@"
    fi
}

while [ $# -gt 0 ]; do
    case $1 in
        --dry-run) dry_run=yes ;;
        --purge) purge=yes ;;
        --keep) purge=no ;;
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

if [ "$(id -u)" != 0 ] && [ "$dry_run" = no ]; then
    say "This needs root. Give the command with sudo." >&2
    exit 1
fi

if [ -e "$unit_file" ]; then
    if [ -d /run/systemd/system ]; then run systemctl stop inkwatch.service; fi
    run systemctl disable --quiet inkwatch.service
fi
run rm -f "$unit_file" "$sysusers_file"
if [ -L "$command_link" ] && [ "$(readlink "$command_link")" = "$home/bin/inkwatch" ]; then
    run rm -f "$command_link"
fi
run rm -rf "$home"
if [ -d /run/systemd/system ]; then
    run systemctl daemon-reload
    run systemctl reset-failed inkwatch.service 2>/dev/null || true
fi

if [ "$purge" = ask ]; then
    purge=no
    if [ -t 0 ] && [ "$dry_run" = no ] && { [ -e "$config_folder" ] || [ -e "$state_folder" ]; }; then
        printf 'Remove settings and passwords (%s), and what waits for the broker (%s)? [y/N] ' "$config_folder" "$state_folder"
        read -r answer || answer=
        case $answer in y | Y | yes) purge=yes ;; esac
    fi
fi
if [ "$purge" = yes ]; then
    run rm -rf "$config_folder" "$state_folder" "$unit_file.d" /var/log/inkwatch-install.log
    if id inkwatch >/dev/null 2>&1; then run userdel inkwatch; fi
    say "Inkwatch is removed, with its settings and what waited for the broker."
else
    say "Inkwatch is removed. $config_folder and $state_folder stay; --purge removes them too."
fi
