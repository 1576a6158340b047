#!/bin/bash
# Runs a command beside a container engine of its own, for a machine that has none:
#   tests/containers/engine.sh WORK COMMAND...      (a second start in the same WORK is quick)
# The command finds `docker` on its PATH, `docker compose` too, and reaches published ports on
# 127.0.0.1. Engine and containers live in namespaces of their own and end with this script; of the
# host only WORK and folders docker of its control groups are written; the latter are removed. Needs
# root, namespaces, debootstrap and slirp4netns. The base images are stand-ins made of Debian's
# packages, from the mirror that this machine's apt is set to; the images built on them take their
# packages from where its pip is set to.
set -euo pipefail

work=$(mkdir -p "$1" && realpath "$1")
shift
lab=$work/lab base=$work/base pid="" slirp="" served="" started=$SECONDS
gateway=172.17.0.1 # of Docker's default bridge: where a build reaches what is served here
port=28099
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

say() { echo "== $((SECONDS - started)) s: $*" >&2; }

# shellcheck disable=SC2329  # the trap calls it
finish() {
    for process in $served $slirp ${making:-}; do kill "$process" 2> /dev/null || true; done
    # The first process of a namespace of processes takes all others with it, and mounts with them.
    [ -z "$pid" ] || kill -9 "$pid" 2> /dev/null || true
    [ -z "${outer:-}" ] || wait "$outer" 2> /dev/null || true
    for folder in /sys/fs/cgroup/docker /sys/fs/cgroup/*/docker; do
        [ ! -d "$folder" ] || find "$folder" -depth -type d -exec rmdir {} + 2> /dev/null || true
    done
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# What a command mounts is gone when it ends, however it ends.
private() { unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$@"; }

mirror=$(apt-get indextargets --format "\$(SITE)" "Created-By: Packages" "Origin: Debian" | head -n 1)

# Docker and Compose come from Debian 13, in a folder: older ones lack what compose.yaml needs.
make_lab() {
    [ ! -x "$lab/usr/sbin/dockerd" ] || return 0
    private debootstrap --variant=minbase \
        --include=ca-certificates,iptables,iproute2,docker.io,docker-cli,docker-compose,docker-buildx,tini \
        trixie "$lab" "$mirror"
}

# One base image for both, Python's and PostgreSQL's.
make_base() {
    [ ! -e "$work/base.tar" ] || return 0
    private debootstrap --variant=minbase --include=ca-certificates bookworm "$base" "$mirror"
    printf '#!/bin/sh\nexit 101\n' > "$base/usr/sbin/policy-rc.d" # no service starts in here
    chmod 755 "$base/usr/sbin/policy-rc.d"
    DEBIAN_FRONTEND=noninteractive private chroot "$base" sh -ec '
        apt-get update
        apt-get install --yes --no-install-recommends python3.11-venv postgresql-15
        apt-get clean
        ln -sf python3.11 /usr/bin/python
        usermod --uid 999 postgres
        groupmod --gid 999 postgres
        sed -i "s/^#listen_addresses = .localhost./listen_addresses = \x27*\x27/" \
            /usr/share/postgresql/15/postgresql.conf.sample
        rm -rf /var/lib/postgresql/15 /etc/postgresql/15
        mkdir /docker-entrypoint-initdb.d
        install --directory --owner 999 --group 999 --mode 1777 \
            /var/lib/postgresql /var/lib/postgresql/data /var/run/postgresql'
    install --mode 0755 "$(dirname "$0")/postgres-entrypoint.sh" "$base/usr/local/bin/docker-entrypoint.sh"
    cp /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/"
    cp "$work/pip.conf" "$base/etc/"
    tar -C "$base" --one-file-system -cf "$work/base.tar.part" .
    mv "$work/base.tar.part" "$work/base.tar"
}

# pip's settings here as settings of the image: what lies in a folder of this machine is served to
# the build by HTTP, from links in $work/packages. A package's page may lead to its parent's sibling.
pip_settings() {
    echo "[global]"
    echo "cert = /etc/ssl/certs/ca-certificates.crt"
    echo "timeout = 180"
    echo "trusted-host = $gateway"
    for option in index-url extra-index-url find-links; do
        locations=$(pip config list | sed -n "s/^[^=]*\.$option='\(.*\)'$/\1/p" | tr ' ' '\n' | sort -u)
        urls=""
        for location in $locations; do
            folder=${location#file://}
            if [ -d "$folder" ]; then
                name=${folder%/*}
                name=${name//[^A-Za-z0-9]/_}
                [ -e "$work/packages/$name" ] || ln -s "${folder%/*}" "$work/packages/$name"
                location=http://$gateway:$port/$name/${folder##*/}
            fi
            urls="$urls $location"
        done
        [ -z "$urls" ] || echo "$option =$urls"
    done
}

# The first process of the namespaces, in the folder with Docker. WORK is there under its own name.
cat > "$work/init.sh" << SH
set -e
mount --make-rprivate /
mount --bind $lab $lab
cd $lab
mkdir -p old .$work
mount --bind $work .$work
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run
pivot_root . old
umount -l /old
ip link set lo up
echo nameserver 10.0.2.3 > /etc/resolv.conf
touch /run/ready
exec /usr/bin/tini -s -- sleep infinity
SH

say "packages of the engine, and a base image"
rm -rf --one-file-system "$work/packages" "$base"
mkdir -p "$work/packages" "$work/bin" "$work/tmp"
pip_settings > "$work/pip.conf"
make_lab > "$work/lab.log" 2>&1 &
making=$!
make_base > "$work/base.log" 2>&1 || { tail -n 20 "$work/base.log" >&2; exit 1; }
wait "$making" || { tail -n 20 "$work/lab.log" >&2; exit 1; }
cp /etc/ssl/certs/ca-certificates.crt "$lab/etc/ssl/certs/"

say "namespaces"
unshare --mount --net --pid --fork --kill-child bash "$work/init.sh" 2> "$work/init.log" &
outer=$!
for _ in $(seq 100); do
    pid=$(pgrep -P "$outer" | head -n 1) && [ -e "/proc/$pid/root/run/ready" ] && break
    sleep 0.2
done
[ -e "/proc/$pid/root/run/ready" ] || { cat "$work/init.log" >&2; exit 1; }
slirp4netns --configure --mtu=1400 --disable-host-loopback "$pid" tap0 > "$work/slirp.log" 2>&1 &
slirp=$!

cat > "$work/bin/docker" << SH
#!/bin/sh
# docker, where the engine is
exec nsenter --target $pid --mount --net --pid --wd="\$PWD" env PATH=$path HOME=/root docker "\$@"
SH
chmod 755 "$work/bin/docker"
nsenter --target "$pid" --mount --net --pid env -i PATH=$path HOME=/root dockerd > "$work/dockerd.log" 2>&1 &
cd "$work"
for _ in $(seq 120); do "$work/bin/docker" info > /dev/null 2>&1 && break; sleep 0.5; done
"$work/bin/docker" info > /dev/null || { tail -n 20 "$work/dockerd.log" >&2; exit 1; }
nsenter --target "$pid" --net python3 -m http.server --bind "$gateway" --directory "$work/packages" "$port" \
    > "$work/served.log" 2>&1 &
served=$!

say "base images"
"$work/bin/docker" import --change "ENV PATH=$path LANG=C.UTF-8" "$work/base.tar" \
    python:3.11.15-slim-bookworm > /dev/null
"$work/bin/docker" import --change "ENV PATH=$path:/usr/lib/postgresql/15/bin" \
    --change "ENV PGDATA=/var/lib/postgresql/data" --change "VOLUME /var/lib/postgresql/data" \
    --change 'ENTRYPOINT ["docker-entrypoint.sh"]' --change 'CMD ["postgres"]' \
    --change "STOPSIGNAL SIGINT" "$work/base.tar" postgres:15.18-bookworm > /dev/null
say "$*"
cd "$OLDPWD"
# Where pip finds packages in a folder, it finds torch's build for CPUs there too.
! grep -q "^find-links" "$work/pip.conf" || export TORCH_INDEX=
export TMPDIR=$work/tmp PATH="$work/bin:$PATH"
status=0
nsenter --target "$pid" --net "$@" || status=$?
say "done, with exit code $status"
exit "$status"
