#!/bin/sh
# Debian packages that the material is made from, unpacked to DIR without installing anything.
# All are free: clip art in the public domain, icon themes under GPL, LGPL or CC-BY-SA, models of
# FlightGear under GPL-2+ and of KiCad under CC-BY-SA 4.0 with its exception. Nothing of them is
# shipped; the model card names them.
set -eu
to=$1
for package in openclipart-png papirus-icon-theme oxygen-icon-theme breeze-icon-theme \
    tango-icon-theme gnome-icon-theme faenza-icon-theme moka-icon-theme elementary-xfce-icon-theme \
    mate-icon-theme flightgear-data-models flightgear-data-ai kicad-packages3d gnome-backgrounds \
    mate-backgrounds
do
    [ -d "$to/$package" ] && continue
    download=$(mktemp -d)
    (cd "$download" && apt-get download -q "$package")
    mkdir -p "$to"
    dpkg -x "$download"/*.deb "$to/$package.part"
    mv "$to/$package.part" "$to/$package"
    rm -r "$download"
done
