#!/bin/sh
# Run the camera's process with the real picamera2 and libcamera's virtual camera, in a Debian tree.
#
#   sudo tests/system/virtual_camera/run.sh TREE [SECONDS]
#
# Makes the tree first where there is none (mmdebstrap, 500 MB, some minutes, network). What the check
# found is printed as JSON. Needs root for mmdebstrap and chroot; leaves nothing mounted.
set -eu
tree=$1
seconds=${2:-6}
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../../.." && pwd)
certificates=/etc/ssl/certs/ca-certificates.crt

if [ ! -e "$tree/opt/venv/ready" ]; then
    [ -e "$tree/etc/debian_version" ] || mmdebstrap --quiet --variant=minbase \
        --include=python3,python3-venv,python3-dev,ca-certificates,python3-libcamera,libcamera-ipa,gcc,libc6-dev,libcap-dev \
        trixie "$tree" >&2
    cp /etc/resolv.conf "$tree/etc/resolv.conf"
    cp "$certificates" "$tree$certificates"
    chroot "$tree" python3 -m venv --system-site-packages /opt/venv
    PIP_CERT=$certificates chroot "$tree" /opt/venv/bin/pip install --quiet \
        picamera2==0.3.38 'opencv-python-headless<5' msgspec >&2
    touch "$tree/opt/venv/ready"
fi

rm -rf "$tree/srv/check"
mkdir -p "$tree/srv/check" "$tree/usr/share/libcamera/pipeline/virtual"
cp "$here/virtual.yaml" "$tree/usr/share/libcamera/pipeline/virtual/virtual.yaml"
cp "$project/device/inkwatch/samples/note.jpg" "$tree/srv/page.jpg"
cp -r "$project/device/inkwatch" "$here/inside/check.py" "$here/inside/sitecustomize.py" \
    "$here/dma_heap_shim.c" "$tree/srv/check/"
chroot "$tree" gcc -shared -fPIC -O1 -o /srv/check/shim.so /srv/check/dma_heap_shim.c -ldl

# In a namespace of its own, so that the mounts go with it.
unshare --mount sh -eu -c '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" env -i PATH=/usr/bin:/bin LD_PRELOAD=/srv/check/shim.so PYTHONPATH=/srv/check \
        /opt/venv/bin/python /srv/check/check.py /srv/page.jpg "$2"
' sh "$tree" "$seconds"
