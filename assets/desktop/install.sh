#!/bin/sh
# Installs the unpacked tarball for this user (~/.local), or for all with PREFIX=/usr/local. `./install.sh --remove` undoes it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${PREFIX:-$HOME/.local}
share=$prefix/share

list() { # source in the tarball, place below the prefix, mode
    echo "bundlescope bin/bundlescope 755"
    echo "bundlescope.desktop share/applications/bundlescope.desktop 644"
    echo "bundlescope.xml share/mime/packages/bundlescope.xml 644"
    echo "icon/bundlescope.svg share/icons/hicolor/scalable/apps/bundlescope.svg 644"
    for side in 16 24 32 48 64 128 256 512; do
        echo "icon/bundlescope-$side.png share/icons/hicolor/${side}x${side}/apps/bundlescope.png 644"
    done
    for page in "$here"/man/*.1.gz; do
        echo "man/${page##*/} share/man/man1/${page##*/} 644"
    done
    echo "completions/bundlescope.bash share/bash-completion/completions/bundlescope 644"
    echo "completions/bundlescope.zsh share/zsh/site-functions/_bundlescope 644"
    echo "completions/bundlescope.fish share/fish/vendor_completions.d/bundlescope.fish 644"
    echo "licences.txt share/doc/bundlescope/licences.txt 644"
}

list | while read -r source place mode; do
    if [ "${1:-}" = "--remove" ]; then
        rm -f "$prefix/$place"
    else
        mkdir -p "$(dirname "$prefix/$place")"
        cp "$here/$source" "$prefix/$place"
        chmod "$mode" "$prefix/$place"
    fi
done
if [ "${1:-}" = "--remove" ]; then
    rmdir "$share/doc/bundlescope" 2>/dev/null || true
elif [ "$prefix" = "$HOME/.local" ]; then
    # A desktop entry needs the whole path where ~/.local/bin is not searched.
    sed -i "s|^Exec=bundlescope|Exec=\"$prefix/bin/bundlescope\"|; s|^TryExec=.*|TryExec=$prefix/bin/bundlescope|" "$share/applications/bundlescope.desktop"
fi
update-mime-database "$share/mime" 2>/dev/null || true
update-desktop-database "$share/applications" 2>/dev/null || true
[ "${1:-}" = "--remove" ] && echo "removed from $prefix" || echo "installed to $prefix"
